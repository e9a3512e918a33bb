/** The form of a fault that is proven in the small. */
export interface ListedFault {
  /** What happens. */
  readonly fault: string;
  /** What somebody sees who runs the connector. */
  readonly sees: string;
  /** `nothing`, or what is lost and why. */
  readonly lost: string;
  /** Alert of docker/prometheus/alerts.yml that fires when it lasts; left out where none does. */
  readonly alarm?: string;
  readonly test: {
    /** Path from the root of the repository. */
    readonly file: string;
    /** As it is written in the file, without the titles of what stands around it. */
    readonly title: string;
  };
}
