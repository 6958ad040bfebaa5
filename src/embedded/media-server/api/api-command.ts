/** An `api` command: its arguments to the body of the answer. */
export type ApiCommand = (argument: string) => Promise<string> | string;
