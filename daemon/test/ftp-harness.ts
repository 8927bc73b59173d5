import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createFtpSignIns } from '#core/access/ftp-sign-ins.ts'
import { createSignInThrottle } from '#core/access/sign-in-throttle.ts'
import { createFtpServer, type FtpLimits } from '#ftp/server.ts'
import { createAppHarness } from '#test/app-harness.ts'
import { certificateIn } from '#test/certificate.ts'

/** The FTP server over an app that has been deployed, with its upload password. */
export async function createFtpHarness({ limits }: { limits?: Partial<FtpLimits> } = {}) {
  const harness = createAppHarness()
  harness.addApp('hello')
  await harness.deploy('a1', { files: { 'server.js': 'one', 'page.html': 'page' } })
  const { uploads, actor, clock } = harness
  const { password } = await uploads.settings.createPassword(actor, 'hello')
  const folder = mkdtempSync(join(tmpdir(), 'vastrox-ftp-'))
  const certificate = certificateIn(folder)
  const failed: string[] = []
  /** Failures that are written down. */
  const refused: string[] = []
  const server = createFtpServer({
    tls: certificate,
    signIns: createFtpSignIns({
      noteFailure: (_address, action, target) => void refused.push(`${action} ${target}`),
      throttle: createSignInThrottle(clock),
      auditLog: { append: () => {} },
      clock,
      verifyUploadPassword: (...given) => uploads.sessions.verifyUploadPassword(...given),
      abuse: { note: (address) => void failed.push(address) },
    }),
    sessions: uploads.sessions,
    passivePorts: { from: 35_130, to: 35_180 },
    isPlainAllowed: (app) => uploads.settings.isPlainFtpAllowed(app),
    publicAddress: null,
    now: () => clock.now(),
    onError: (error) => harness.problems.push(String(error)),
    ...(limits && { limits }),
  })
  const { port } = await server.listen({ host: '127.0.0.1', port: 0 })
  const session = await uploads.sessions.open(actor, 'hello', {
    protocol: 'api',
    address: '127.0.0.1',
  })

  return {
    ...harness,
    server,
    port,
    password,
    folder,
    caFile: certificate.caFile,
    failed,
    refused,
    tree: session.tree,
    state: () => uploads.settings.get(actor, 'hello'),
    async close(): Promise<void> {
      await session.end()
      await server.close()
      await uploads.stop()
      for (const made of [folder, harness.uploadsFolder])
        rmSync(made, { recursive: true, force: true })
    },
  }
}
export type FtpHarness = Awaited<ReturnType<typeof createFtpHarness>>
