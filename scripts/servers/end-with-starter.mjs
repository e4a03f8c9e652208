// Preloaded into a server: it ends when its standard input ends, and so with the process that holds the other side of the pipe.
process.stdin.on("end", () => process.exit()).resume();
