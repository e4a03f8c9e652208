/** Starts the drain server in a process of its own. */
export function startDrain(): Promise<{
  readonly port: number;
  /** For S3. */
  readonly endpoint: string;
  readonly azureConnectionString: string;
  stop(): Promise<void>;
}>;
