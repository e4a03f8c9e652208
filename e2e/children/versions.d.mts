export function versionContent(version: number): Buffer;
export function wholeVersion(content: Buffer): number;
