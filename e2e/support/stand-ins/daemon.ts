import { existsSync } from 'node:fs'
import { announceReady } from '@vastrox/shared/node/announce-ready.ts'

/** A daemon that only lives; a file `refuse` in the data directory makes it refuse its state. */
if (existsSync(`${process.env['VASTROX_DATA_DIR']}/refuse`)) process.exit(78)
setInterval(() => {}, 60_000)
announceReady(process.env['VASTROX_READY_FD'])
process.once('SIGTERM', () => process.exit(0))
