import { writeFileSync } from 'node:fs'

/**
 * `enter.ts <group>,<group>… <program> <argument> …`: joins these control groups and becomes the
 * program, so that nothing of it is ever outside of them.
 */
const [groups = '', program = '', ...args] = process.argv.slice(2)
for (const group of groups.split(',')) writeFileSync(`${group}/cgroup.procs`, String(process.pid))
process.execve?.(program, [program, ...args], process.env)
