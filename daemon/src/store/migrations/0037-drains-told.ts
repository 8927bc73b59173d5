/** That a drain fails was told already: not again when the daemon starts anew. */
export const drainsTold = /* sql */ `
ALTER TABLE log_drains ADD COLUMN told_failing INTEGER NOT NULL DEFAULT 0 CHECK (told_failing IN (0, 1));
`
