import { destroyApp, pushTinyApp, tinyApp } from '#support/apps.ts'
import type { Installation } from '#support/installation.ts'
import { runOpenLoop } from './open-loop.ts'

const APP = 'bench-zero'
const LISTEN = "listen(process.env.PORT, '0.0.0.0')"
const program = (text: string): Record<string, string> => ({ 'server.js': text })
/** What a release must not have to go live, by what is wrong with it. */
const BROKEN: Record<string, Record<string, string>> = {
  'fails to build': {
    'package.json': JSON.stringify({
      name: 'tiny',
      version: '1.0.0',
      private: true,
      scripts: { build: 'node --eval "process.exit(3)"' },
    }),
  },
  'exits at once': program('process.exit(7)'),
  'never answers': program(`require('node:net').createServer(() => {}).${LISTEN}`),
  'answers 500': program(
    `require('node:http').createServer((q, r) => { r.statusCode = 500; r.end() }).${LISTEN}`,
  ),
  'binds 127.0.0.1': program(
    "require('node:http').createServer((q, r) => r.end('x')).listen(process.env.PORT, '127.0.0.1')",
  ),
  'fails to parse': program('this is not a program'),
}

interface Options {
  deployments: number
  ratePerSecond: number
  /** Puts a release that must not go live after every second good one. */
  broken: boolean
}

/** Visits an app at a constant rate, new connections and keep-alive, while it is deployed again and again. */
export async function benchZeroDowntime(vastrox: Installation, options: Options) {
  const copy = await pushTinyApp(vastrox, APP, 'v0')
  await vastrox.api('PATCH', `/apps/${APP}`, { healthTimeoutMs: 4_000, watchMs: 1_000 })
  const stop = new AbortController()
  const seen = new Set<string>()
  const visitors = runOpenLoop({
    port: vastrox.config.httpPort,
    host: vastrox.hostOf(APP),
    ratePerSecond: options.ratePerSecond,
    durationMs: 1_800_000,
    signal: stop.signal,
    accept: (status, body) => {
      const version = /^(v\d+) /.exec(body)?.[1]
      if (version) seen.add(version)
      return status === 200 && version !== undefined
    },
  })

  const deployed = ['v0']
  const refused: string[] = []
  const broken = Object.entries(BROKEN)
  for (let round = 1; round <= options.deployments; round++) {
    const version = `v${round}`
    copy.write(tinyApp(version))
    await copy.commit(version)
    const pushed = await copy.push()
    if (pushed.exitCode !== 0) throw new Error(pushed.output)
    deployed.push(version)
    const [what, files] = broken[(round >> 1) % broken.length] ?? ['', {}]
    if (!options.broken || round % 2 === 1) continue
    copy.write(files)
    await copy.commit(what)
    const failed = await copy.push()
    await copy.git('reset', '-q', '--hard', 'HEAD~1')
    if (failed.exitCode === 0) throw new Error(`a release that ${what} went live`)
    refused.push(/deployment failed: .*?(?=\)\n|$)/m.exec(failed.output)?.[0] ?? failed.output)
  }

  stop.abort()
  const result = await visitors
  await destroyApp(vastrox, APP)
  copy.remove()
  return {
    ...result,
    refused,
    versionsDeployed: deployed,
    versionsSeen: [...seen].toSorted((a, b) => Number(a.slice(1)) - Number(b.slice(1))),
  }
}
