import { log } from '../log.js'

/** Run by its schedule, in a container of its own from the release's image; it ends when it is done. */
const { heapUsed } = process.memoryUsage()
log.info({ heapUsed, at: new Date().toISOString() }, 'the report')
