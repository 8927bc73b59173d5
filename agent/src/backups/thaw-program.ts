/**
 * Gives processes the processor back as soon as whoever started it is gone, or the time is over. As text,
 * since it runs in a process of its own: `node -e <this> <milliseconds> <file> …`.
 */
export const THAW_PROGRAM = `
const { writeFileSync } = require('node:fs')
const [, ms, ...files] = process.argv
const thaw = () => {
  for (const file of files)
    try { writeFileSync(file, file.endsWith('/cgroup.freeze') ? '0' : 'THAWED') } catch {}
  process.exit(0)
}
process.stdin.on('end', thaw).on('error', thaw).on('close', thaw).resume()
process.on('SIGTERM', thaw).on('SIGINT', thaw).on('SIGHUP', thaw)
setTimeout(thaw, Number(ms))
`
