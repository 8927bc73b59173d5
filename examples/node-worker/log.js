import pino from 'pino'

/** One JSON object a line on stdout: Vastrox keeps it, by process and release. */
export const log = pino({
  base: { process: process.env.VASTROX_PROCESS ?? 'local', release: process.env.VASTROX_RELEASE },
})
