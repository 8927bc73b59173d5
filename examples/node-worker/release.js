import { log } from './log.js'

/**
 * Run once in the new image, before it gets a visitor: the place for migrations. Where it fails, the
 * release that is live stays.
 */
const missing = ['SESSION_SECRET'].filter((name) => !process.env[name])
if (missing.length > 0) {
  log.error({ missing }, 'a variable is not set: vastrox env:set')
  process.exit(1)
}
log.info('ready to be released')
