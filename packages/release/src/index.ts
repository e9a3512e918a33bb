/** What the tests of images and packages share with the programs that make them. */

export { bundle, repositoryVersion, root } from './bundle.ts';
export { filesOf } from './files-of.ts';
export { packageCli } from './package-cli.ts';
export { type Part, type PartName, parts, type Service, services } from './parts.ts';
export { type ShippedPackage, shippedPackages } from './shipped-packages.ts';
