import { pathsOf, PROCESS_ENV } from '@vastrox/shared/installation-paths.ts'
import { openHeart } from '@vastrox/shared/node/heartbeat.ts'
import { openSparingReclaimer, trimMemoryWhenIdle } from '@vastrox/shared/node/trim-memory.ts'
import { type ListenOn } from './listener.ts'
import { startWorker } from './worker.ts'

const say = (line: string): void => {
  process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), message: line })}\n`)
}

/** A bug must not leave a worker half alive: the supervisor starts the next one at once. */
const die = (error: unknown): void => {
  say(error instanceof Error ? (error.stack ?? error.message) : String(error))
  process.exit(1)
}
process.on('uncaughtException', die)
process.on('unhandledRejection', die)

function readDescriptors(text: string): {
  http: ListenOn | undefined
  https: ListenOn | undefined
} {
  const fds = new Map(
    text.split(',').map((entry): [string, number] => {
      const [name = '', fd = ''] = entry.split('=')
      if (!/^\d+$/.test(fd)) throw new Error(`${PROCESS_ENV.listenFds} is not like http=3,https=4`)
      return [name, Number(fd)]
    }),
  )
  const on = (name: string): ListenOn | undefined => {
    const fd = fds.get(name)
    return fd === undefined ? undefined : { fd }
  }
  return { http: on('http'), https: on('https') }
}

function need(name: string): string {
  const value = process.env[name]
  if (value === undefined || value === '') throw new Error(`${name} is not set`)
  return value
}

// The daemon reads access logs by the group of their directory; nothing is for anybody else.
process.umask(0o027)

const paths = pathsOf(need(PROCESS_ENV.dataDir))
const heart = openHeart(process.env[PROCESS_ENV.readyFd])
const worker = await startWorker({
  worker: Number(process.env[PROCESS_ENV.worker] ?? '0'),
  directory: paths.proxy,
  accessLogs: paths.accessLogs,
  controlSocket: paths.proxySocket,
  ...readDescriptors(need(PROCESS_ENV.listenFds)),
  beat: heart.beat,
  say,
})
heart.announce()
trimMemoryWhenIdle(openSparingReclaimer())
say(`worker is up at generation ${worker.generation()}`)

let stopping = false
const stop = (): void => {
  if (stopping) return
  stopping = true
  worker.stop().then(() => process.exit(0), die)
}
process.on('SIGTERM', stop)
process.on('SIGINT', stop)
