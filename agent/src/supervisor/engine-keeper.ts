import { spawn } from 'node:child_process'
import { existsSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { writeAtomically } from '@vastrox/shared/node/atomic-file.ts'
import { openLog } from '#agent/supervisor/process-log.ts'

interface Deps {
  logDir: string
  /** Remembers the dockerd that we started, over supervisors. */
  recordPath: string
  report: (line: string) => void
}

/** The engine where nothing else looks after it. */
export interface EngineKeeper {
  /** Starts dockerd where no engine answers and one is installed. One that is there is used as it is. */
  ensure(): Promise<void>
}

const ENGINE_SOCKET = '/var/run/docker.sock'
const PROGRAMS = ['/usr/sbin/dockerd', '/usr/bin/dockerd']
const PID_FILES = [
  { path: '/var/run/docker.pid', program: 'dockerd' },
  { path: '/var/run/docker/containerd/containerd.pid', program: 'containerd' },
]
const PING_TIMEOUT_MS = 3_000
const START_TIMEOUT_MS = 30_000

export function createEngineKeeper({ logDir, recordPath, report }: Deps): EngineKeeper {
  let starting: Promise<void> | undefined

  async function start(program: string): Promise<void> {
    for (const file of PID_FILES) removeIfStale(file)
    const log = openLog(logDir, 'dockerd')
    const child = spawn(program, [], {
      shell: false,
      detached: true,
      cwd: '/',
      stdio: ['ignore', log.fd, log.fd],
    })
    log.close()
    child.on('error', (error) => report(`dockerd cannot be started: ${error.message}`))
    child.on('exit', () => report('dockerd ended'))
    child.unref()
    if (child.pid === undefined) return
    report(`no engine answered; dockerd started (pid ${child.pid})`)
    await writeAtomically(recordPath, JSON.stringify({ pid: child.pid }))
    for (let waitedMs = 0; waitedMs < START_TIMEOUT_MS; waitedMs += 200) {
      if (await engineAnswers()) return
      await sleep(200)
    }
    report(`dockerd did not answer in ${START_TIMEOUT_MS} ms; see ${logDir}/dockerd.log`)
  }

  return {
    async ensure() {
      if (starting || (await engineAnswers())) return starting
      const program = PROGRAMS.find((path) => existsSync(path))
      if (program === undefined) return
      starting = start(program).finally(() => {
        starting = undefined
      })
      await starting
    },
  }
}

/** The dockerd that we started and that still runs; undefined when the engine is somebody else's. */
export function engineOfOurs(recordPath: string): number | undefined {
  try {
    const { pid } = JSON.parse(readFileSync(recordPath, 'utf8'))
    return typeof pid === 'number' && programOf(pid) === 'dockerd' ? pid : undefined
  } catch {
    // No record: never started one.
    return undefined
  }
}

/** Whether an engine answers on its usual socket. Without node:http, which would be 2 MB for a ping. */
export function engineAnswers(socketPath = ENGINE_SOCKET): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = connect(socketPath, () =>
    socket.end('GET /_ping HTTP/1.0\r\nHost: docker\r\n\r\n'),
  )
  let said = ''
  socket.setTimeout(PING_TIMEOUT_MS, () => socket.destroy())
  socket.on('data', (chunk) => {
    said += chunk.toString()
  })
  // Whatever went wrong, it has not answered.
  socket.on('error', () => resolve(false))
  socket.on('close', () => resolve(/^HTTP\/1\.[01] 200/.test(said)))
  return promise
}

/** After a power cut the number in a pid file may belong to anybody, and dockerd refuses to start. */
function removeIfStale({ path, program }: { path: string; program: string }): void {
  if (!existsSync(path)) return
  const pid = Number.parseInt(readFileSync(path, 'utf8'), 10)
  if (programOf(pid) !== program) rmSync(path, { force: true })
}

function programOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/exe`)
      .replace(/ \(deleted\)$/, '')
      .split('/')
      .at(-1)
  } catch {
    // It does not run.
    return undefined
  }
}
