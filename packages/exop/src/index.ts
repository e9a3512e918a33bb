/** EXOP for other packages: the renderer of the compose file. */
export {};
