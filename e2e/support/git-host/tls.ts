import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '@vastrox/shared/node/run.ts'

/** An authority of a test's own in `dir`, and a certificate of localhost that it has signed. */
export async function makeTls(dir: string): Promise<Record<'cert' | 'key' | 'ca', string>> {
  const openssl = async (...args: string[]): Promise<void> => {
    const made = await run('/usr/bin/openssl', args, {
      cwd: dir,
      env: { PATH: '/usr/bin:/bin' },
      timeoutMs: 30_000,
    })
    if (made.exitCode !== 0) throw new Error(made.stderr)
  }
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  const authority = ['-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=git host']
  await openssl('req', '-x509', ...newKey, ...authority)
  const leaf = ['-keyout', 'leaf.key', '-out', 'leaf.csr', '-subj', '/CN=localhost']
  await openssl('req', ...newKey, ...leaf)
  writeFileSync(join(dir, 'leaf.ext'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n')
  const signed = ['-in', 'leaf.csr', '-out', 'leaf.pem', '-days', '2', '-extfile', 'leaf.ext']
  const by = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial']
  await openssl('x509', '-req', ...signed, ...by)
  const read = (name: string): string => readFileSync(join(dir, name), 'utf8')
  return { cert: read('leaf.pem'), key: read('leaf.key'), ca: read('ca.pem') }
}
