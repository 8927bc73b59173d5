import { announceReady } from '@vastrox/shared/node/announce-ready.ts'

/** An agent that only lives. */
setInterval(() => {}, 60_000)
announceReady(process.env['VASTROX_READY_FD'])
process.once('SIGTERM', () => process.exit(0))
