import { readFile } from 'node:fs/promises'

/** Both TCP tables of the network that a process is in; empty where it has ended, or knows no IPv6. */
export const readSocketTables = (pid: number, proc = '/proc'): Promise<string[]> =>
  Promise.all(
    ['tcp', 'tcp6'].map((name) => readFile(`${proc}/${pid}/net/${name}`, 'utf8').catch(() => '')),
  )
