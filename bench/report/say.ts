/** Tells how far the bench is. Results go to standard output, this to standard error. */
export type Say = (line: string) => void;

export const say: Say = (line) => void process.stderr.write(`${line}\n`);
