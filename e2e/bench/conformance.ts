import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { startWorkerWithApp, type WorkerWithApp } from './worker-with-app.ts'

const execute = promisify(execFile)
const ROOT = resolve(import.meta.dirname, '../..')
const H2SPEC = 'github.com/summerwind/h2spec/cmd/h2spec@v2.2.1+incompatible'
const GO = ['/usr/local/go/bin/go', '/usr/bin/go']
const TESTSSL = '/usr/bin/testssl'
const MINUTES = 60_000

interface Report {
  h2spec:
    | { run: false; why: string }
    | { run: true; tests: number; unexpected: string[]; mended: string[] }
  testssl: { run: false; why: string } | { run: true; checks: number; findings: string[] }
  ok: boolean
}

/**
 * `pnpm bench conformance`: h2spec and testssl.sh against a worker. What h2spec may find is the table
 * in docs/HTTP2.md: one more is a failure, and so is one that is mended and still stands there.
 */
export async function benchConformance(): Promise<Report> {
  const directory = await mkdtemp(join(tmpdir(), 'vastrox-conformance-'))
  const worker = await startWorkerWithApp({ directory })
  try {
    const h2spec = await runH2spec(worker, directory)
    const testssl = await runTestssl(worker, directory)
    const ok =
      (!h2spec.run || h2spec.unexpected.length + h2spec.mended.length === 0) &&
      (!testssl.run || testssl.findings.length === 0)
    return { h2spec, testssl, ok }
  } finally {
    await worker.stop()
    // Go's module cache is read-only.
    await execute('/bin/chmod', ['-R', 'u+w', directory])
    await rm(directory, { recursive: true, force: true })
  }
}

async function runH2spec(
  { httpsPort }: WorkerWithApp,
  directory: string,
): Promise<Report['h2spec']> {
  const go = GO.find((path) => existsSync(path))
  if (!go) return { run: false, why: 'h2spec is built by Go, which is not on this machine' }
  const env = { ...process.env, GOPATH: join(directory, 'go'), GOBIN: directory }
  await execute(go, ['install', H2SPEC], { env, timeout: 10 * MINUTES })
  const report = join(directory, 'h2spec.xml')
  const args = ['-t', '-k', '-h', 'localhost', '-p', String(httpsPort), '-o', '3', '-j', report]
  // It says by its exit that something failed; what it was stands in the report.
  await execute(join(directory, 'h2spec'), args, { timeout: 10 * MINUTES }).catch(() => undefined)
  const text = await readFile(report, 'utf8')
  const known = await readKnown()
  const failed = [
    ...text.matchAll(/<testcase package="([^"]+)" classname="([^"]+)"[^>]*>\s*<(?:error|failure)/g),
  ].map(([, where = '', what = '']) => `\`${where}\` ${unescaped(what)}`)
  return {
    run: true,
    tests: text.match(/<testcase /g)?.length ?? 0,
    unexpected: failed.filter((each) => !known.includes(each)),
    mended: known.filter((each) => !failed.includes(each)),
  }
}

/** The first column of the table in the document. */
async function readKnown(): Promise<string[]> {
  const text = await readFile(join(ROOT, 'docs/HTTP2.md'), 'utf8')
  return [...text.matchAll(/^\| (`(?:generic|http2|hpack)\/[^`]+` [^|]+?) \|/gm)].map(
    ([, test = '']) => test,
  )
}

const unescaped = (text: string): string =>
  text
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')

/** The certificate is one of ours, of no CA: what testssl.sh says about that is not about the proxy. */
const OF_THE_CERTIFICATE =
  /^(?:cert_|cert$|DNS_CAArecord|OCSP|intermediate_cert|overall_grade|final_score|grade_cap|HSTS|security_headers|banner_|cookie_|HTTP_|scanTime|engine_problem|service)/

async function runTestssl(
  { httpsPort, certificateFile }: WorkerWithApp,
  directory: string,
): Promise<Report['testssl']> {
  if (!existsSync(TESTSSL)) return { run: false, why: 'testssl.sh is not installed' }
  const report = join(directory, 'testssl.json')
  const args = ['--quiet', '--color', '0', '--warnings', 'batch', '--ip', '127.0.0.1']
  args.push('--add-ca', certificateFile, '--jsonfile', report, `localhost:${httpsPort}`)
  await execute(TESTSSL, args, { timeout: 20 * MINUTES, maxBuffer: 2 ** 24 }).catch(() => undefined)
  const checks = readFindings(JSON.parse(await readFile(report, 'utf8')))
  return {
    run: true,
    checks: checks.length,
    findings: checks
      .filter(({ id, severity }) => BAD.has(severity) && !OF_THE_CERTIFICATE.test(id))
      .map(({ id, severity, finding }) => `${severity} ${id}: ${finding}`),
  }
}

const BAD = new Set(['LOW', 'MEDIUM', 'HIGH', 'CRITICAL', 'FATAL'])

function readFindings(value: unknown): { id: string; severity: string; finding: string }[] {
  if (!Array.isArray(value)) throw new Error('testssl.sh gives no list')
  return value.map((entry: unknown) => {
    const fields = new Map(Object.entries(typeof entry === 'object' && entry ? entry : {}))
    const [id, severity, finding] = ['id', 'severity', 'finding'].map((name) =>
      String(fields.get(name)),
    )
    return { id: id ?? '', severity: severity ?? '', finding: finding ?? '' }
  })
}
