import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { BrowserContext } from 'playwright-core'
import { z } from 'zod'
import { openBrowser } from '../../e2e/support/browser.ts'

/** The dashboard's name, and beneath it that of a hostile app: browsers call the two the same site. */
export const PANEL = 'panel.test'
export const EVIL = `evil.${PANEL}`

const Started = z.object({ port: z.int(), token: z.string(), links: z.array(z.string()).min(2) })
const Address = z.object({ port: z.int() })

export interface Siblings {
  panel: string
  evil: string
  /** One-time links that sign in as the owner. */
  links: string[]
  /** With the owner's token, from outside of any browser. */
  read: (path: string) => Promise<unknown>
  /** What the hostile app sends along with its page. */
  evilCookies: string[]
  /** What the dashboard's sign-ins look like to whoever visits the hostile app. */
  evilSaw: string[]
  browser: BrowserContext
  stop: () => Promise<void>
}

/** The real server with the built dashboard, a hostile app beside it, and a browser that trusts the CA of both. */
export async function startSiblings(dist: string): Promise<Siblings> {
  const home = mkdtempSync(join(tmpdir(), 'vastrox-siblings-'))
  const [KEY, CERT] = makeCertificate(home)
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, '../../daemon/test/dashboard-on-port.ts')],
    {
      env: { PATH: process.env['PATH'], DIST: dist, DOMAIN: PANEL, KEY, CERT },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const [line] = await once(child.stdout, 'data', { signal: AbortSignal.timeout(60_000) })
  const started = Started.parse(JSON.parse(String(line)))
  const ca = readFileSync(CERT, 'utf8')

  const evilCookies: string[] = []
  const evilSaw: string[] = []
  const hostile = createServer({ key: readFileSync(KEY), cert: ca }, (asked, reply) => {
    evilSaw.push(asked.headers.cookie ?? '')
    reply.writeHead(200, {
      'content-type': asked.url === '/worker.js' ? 'text/javascript' : 'text/html; charset=utf-8',
      'set-cookie': evilCookies,
      'service-worker-allowed': '/',
    })
    reply.end(
      asked.url === '/worker.js' ? 'onfetch = () => {}' : '<!doctype html><title>Evil</title>',
    )
  })
  hostile.listen(0, '127.0.0.1')
  await once(hostile, 'listening')

  const { context: browser, close } = await openBrowser(CERT, {
    args: ['--host-resolver-rules=MAP *.test 127.0.0.1'],
  })
  return {
    panel: `https://${PANEL}:${started.port}`,
    evil: `https://${EVIL}:${Address.parse(hostile.address()).port}`,
    links: started.links,
    async read(path) {
      const asked = request({
        host: '127.0.0.1',
        port: started.port,
        path: `/api/v1${path}`,
        servername: PANEL,
        headers: { host: `${PANEL}:${started.port}`, authorization: `Bearer ${started.token}` },
        ca,
        agent: false,
      }).end()
      const [reply] = await once(asked, 'response', { signal: AbortSignal.timeout(20_000) })
      return JSON.parse(await text(reply))
    },
    evilCookies,
    evilSaw,
    browser,
    async stop() {
      await close()
      hostile.closeAllConnections()
      hostile.close()
      child.kill()
      rmSync(home, { recursive: true, force: true })
    },
  }
}

function makeCertificate(folder: string): [key: string, certificate: string] {
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'ca.pem')]
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
      .concat(['-keyout', key, '-out', certificate, '-days', '2', '-subj', `/CN=${PANEL}`])
      .concat(['-addext', `subjectAltName=DNS:${PANEL},DNS:*.${PANEL}`]),
    { stdio: 'ignore' },
  )
  return [key, certificate]
}
