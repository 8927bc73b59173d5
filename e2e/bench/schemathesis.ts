import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Installation } from '#support/installation.ts'

interface Result {
  seconds: number
  /** Lines of its report that name a failure. */
  failures: string[]
  ok: boolean
}

const PACKAGE = 'schemathesis==4.32.5'
/** Below what one token may ask in a minute: a 429 would be all that most operations answer. */
const RATE = '2700/m'
const GRACE_MS = 180_000
const CHECKS = ['not_a_server_error', 'response_schema_conformance', 'content_type_conformance']
/** They would take the token, the disk or the network from the run itself. */
const LEFT_OUT =
  '(sign-out|/tokens/|/firewall/(apply|confirm|revert)|/stack-images|/events|/stream|/exposure/test|/hooks/)'

/** schemathesis against an installed Vastrox for so many seconds: no 5xx, and no answer that its schema does not know. */
export async function benchSchemathesis(
  { apiUrl, apiToken, caFile }: Installation,
  seconds: number,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'vastrox-schemathesis-'))
  try {
    const python = join(folder, 'venv/bin/python')
    mustRun('python3', ['-m', 'venv', join(folder, 'venv')])
    mustRun(python, ['-m', 'pip', 'install', '--quiet', PACKAGE])
    const report = join(folder, 'report.xml')
    const child = spawn(
      join(folder, 'venv/bin/schemathesis'),
      [
        'run',
        `${apiUrl}/openapi.json`,
        '--header',
        `Authorization: Bearer ${apiToken}`,
        `--tls-verify=${caFile}`,
        `--checks=${CHECKS.join(',')}`,
        '--phases=examples,coverage,fuzzing',
        `--exclude-path-regex=${LEFT_OUT}`,
        '--max-time',
        String(seconds),
        '--continue-on-failure',
        `--rate-limit=${RATE}`,
        '--report=junit',
        `--report-junit-path=${report}`,
      ],
      { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] },
    )
    let said = ''
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
    const timer = setTimeout(() => child.kill('SIGINT'), seconds * 1_000 + GRACE_MS)
    const [code] = await once(child, 'exit')
    clearTimeout(timer)
    process.stderr.write(said)
    const failures = existsSync(report)
      ? [...readFileSync(report, 'utf8').matchAll(/<failure[^>]*message="([^"]{0,300})/g)].map(
          ([, message = '']) => message,
        )
      : ['it wrote no report']
    return { seconds, failures, ok: code === 0 && failures.length === 0 }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function mustRun(command: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8', timeout: GRACE_MS })
  if (status !== 0) throw new Error(`${command} ${args[0]} failed: ${stderr}`)
}
