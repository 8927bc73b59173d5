import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '@vastrox/shared/node/run.ts'
import { TreeDifference, UploadPassword, Uploads } from '@vastrox/shared/upload.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deploymentsOf, destroyApp, tinyApp, untilSettled, versionOf } from '#support/apps.ts'
import { connectInstallation, until } from '#support/installation.ts'

const vastrox = connectInstallation()
const APP = 'uploaded'
const CURL = '/usr/bin/curl'

describe('uploads as releases', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vastrox-e2e-uploads-'))
  const ftp = `ftp://localhost:${vastrox.config.ftpPort}`
  let password = ''

  beforeAll(async () => {
    await vastrox.api('POST', '/apps', { name: APP })
    const made = await vastrox.api('POST', `/apps/${APP}/sources/uploads/password`)
    password = UploadPassword.parse(JSON.parse(made.body)).password
  })
  afterAll(async () => {
    await destroyApp(vastrox, APP)
    rmSync(folder, { recursive: true, force: true })
  })

  const curl = async (...args: string[]): Promise<string> => {
    const { exitCode, stdout, stderr } = await run(
      CURL,
      ['-sS', '--fail-with-body', '--cacert', vastrox.caFile, ...args],
      { env: { PATH: '/usr/bin:/bin', HOME: folder }, timeoutMs: 60_000 },
    )
    if (exitCode !== 0) throw new Error(`curl: ${stderr} ${stdout.toString()}`)
    return stdout.toString()
  }
  const overFtps = (...args: string[]) =>
    curl('--ipv4', '--ssl-reqd', '--user', `${APP}:${password}`, ...args)
  const state = () => vastrox.read(Uploads, `/apps/${APP}/sources/uploads`)
  const difference = () => vastrox.read(TreeDifference, `/apps/${APP}/sources/difference`)

  it('an archive sent by curl is deployed', async () => {
    const source = join(folder, 'source')
    mkdirSync(join(source, 'ü [id]'), { recursive: true })
    for (const [name, text] of Object.entries(tinyApp('v1')))
      writeFileSync(join(source, name), text)
    writeFileSync(join(source, 'ü [id]', 'a b.txt'), 'odd and fine')
    const archive = join(folder, 'source.tar.gz')
    await run('/usr/bin/tar', ['-czf', archive, '-C', folder, 'source'], {
      env: { PATH: '/usr/bin:/bin' },
      timeoutMs: 30_000,
    })
    const answer = await curl(
      '-H',
      `authorization: Bearer ${vastrox.apiToken}`,
      '-T',
      archive,
      `${vastrox.apiUrl}/apps/${APP}/sources/archive`,
    )
    expect(JSON.parse(answer)).toMatchObject({ format: 'tar.gz', strippedDirectory: 'source' })
    expect(await untilSettled(vastrox, APP)).toMatchObject({ trigger: 'upload', reason: null })
    expect(await versionOf(vastrox, APP)).toBe('v1')
  })

  it('a file by FTPS is a release of its own ten seconds later, with no request lost, and rolls back', async () => {
    const changed = join(folder, 'server.js')
    writeFileSync(changed, tinyApp('v2')['server.js'] ?? '')
    await overFtps('-T', changed, `${ftp}/server.js`)
    expect(await difference()).toMatchObject({ release: 1, added: 0, changed: 1, removed: 0 })
    let failed = 0
    await until(
      'the upload to be live',
      async () => {
        const answer = await vastrox.visit(APP)
        if (answer.status !== 200) failed += 1
        return answer.body.startsWith('v2')
      },
      90_000,
    )
    expect(failed).toBe(0)
    await untilSettled(vastrox, APP)
    expect(await difference()).toMatchObject({ release: 2, changed: 0 })
    await vastrox.api('POST', `/apps/${APP}/releases/1/roll-back`, {})
    await untilSettled(vastrox, APP)
    expect(await versionOf(vastrox, APP)).toBe('v1')
    expect(await difference()).toMatchObject({ release: 3, changed: 0 })
  })

  it('a daemon that is killed in the middle of a transfer leaves what was sent, and what is live', async () => {
    const large = join(folder, 'large.bin')
    writeFileSync(large, Buffer.alloc(12_000_000, 'x'))
    const before = (await deploymentsOf(vastrox, APP)).length
    const secure = ['-sS', '--ipv4', '--cacert', vastrox.caFile, '--ssl-reqd']
    const slowly = ['--user', `${APP}:${password}`, '--limit-rate', '3M', '-T', large]
    const client = spawn(CURL, [...secure, ...slowly, `${ftp}/large.bin`])
    await until('bytes to arrive', async () => (await state()).usedBytes > 4_000_000)
    await vastrox.kill('daemon', 'SIGKILL')
    client.kill('SIGKILL')
    const after = await until('the daemon to be back', state)
    expect(after).toMatchObject({ incomplete: ['/large.bin'], openTransfers: 0 })
    expect(await versionOf(vastrox, APP)).toBe('v1')
    await until('it to be said why nothing is published', async () => (await state()).problem)
    expect((await deploymentsOf(vastrox, APP)).length).toBe(before)

    await overFtps('-C', '-', '-T', large, `${ftp}/large.bin`)
    const there = await overFtps('--head', `${ftp}/large.bin`)
    expect(there).toContain('Content-Length: 12000000')
    expect((await state()).incomplete).toEqual([])
    expect((await vastrox.command('uploads:discard', APP)).exitCode).toBe(0)
    expect(await difference()).toMatchObject({ added: 0, changed: 0, removed: 0 })
  })

  it('an archive that would get out is refused in words', async () => {
    const evil = join(folder, 'evil.tar')
    await run(
      '/usr/bin/tar',
      ['-cPf', evil, '--transform', 's,^,../,', '-C', folder, 'server.js'],
      { env: { PATH: '/usr/bin:/bin' }, timeoutMs: 30_000 },
    )
    const refused = await vastrox.command('deploy', APP, '--archive', evil)
    expect(refused.exitCode).toBe(1)
    expect(refused.stderr).toContain('"../server.js" leads out of it')
    expect(await versionOf(vastrox, APP)).toBe('v1')
  })
})
