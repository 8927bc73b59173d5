import { execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFtpHarness, type FtpHarness } from '#test/ftp-harness.ts'
import { read } from '#test/staging-folder.ts'

const run = promisify(execFile)

describe('FTPS by real clients', () => {
  let ftp: FtpHarness
  let url: string
  let user: string[]

  beforeAll(async () => {
    ftp = await createFtpHarness()
    url = `ftp://localhost:${ftp.port}`
    user = ['--user', `hello:${ftp.password}`]
  }, 30_000)
  afterAll(() => ftp.close())

  const curl = (...args: string[]) =>
    run('curl', ['-sS', '--ipv4', '--ssl-reqd', '--cacert', ftp.caFile, ...user, ...args], {
      timeout: 30_000,
    })
  const lftp = (script: string) =>
    run(
      'lftp',
      [
        '--norc',
        '-c',
        `set ftp:ssl-force true; set ssl:verify-certificate true; set ssl:ca-file ${ftp.caFile}; set dns:order inet; set net:max-retries 1; set net:timeout 15; open -u hello,${ftp.password} -p ${ftp.port} localhost; ${script}`,
      ],
      { timeout: 60_000, env: { ...process.env, HOME: ftp.folder } },
    )

  it('curl lists, uploads, resumes, downloads and removes', async () => {
    const listed = await curl(`${url}/`)
    expect(listed.stdout).toMatch(/^-rw-r--r-- 1 app app +4 .* page.html$/m)

    const content = randomBytes(3_000_000)
    const file = join(ftp.folder, 'big.bin')
    writeFileSync(file, content)
    await curl('-T', file, `${url}/up/big.bin`, '--ftp-create-dirs')
    expect((await ftp.tree.stat('/up/big.bin')).sizeBytes).toBe(3_000_000)

    const half = await ftp.tree.open('/up/half.bin', {
      read: false,
      write: true,
      append: false,
      create: true,
      truncate: true,
      exclusive: false,
    })
    await half.write(0, content.subarray(0, 1_234_567))
    await half.close()
    await curl('-C', '-', '-T', file, `${url}/up/half.bin`)
    const got = join(ftp.folder, 'got.bin')
    await curl('-o', got, `${url}/up/half.bin`)
    expect(readFileSync(got).equals(content)).toBe(true)

    await curl(
      '-Q',
      'DELE up/big.bin',
      '-Q',
      '-RNFR up/half.bin',
      '-Q',
      '-RNTO a b ü.bin',
      `${url}/`,
    )
    expect(await ftp.tree.stat('/a b ü.bin')).toMatchObject({ sizeBytes: 3_000_000 })
  }, 60_000)

  it('lftp mirrors a folder, and a second time sends nothing', async () => {
    const folder = join(ftp.folder, 'site')
    mkdirSync(join(folder, 'sub dir', 'ü'), { recursive: true })
    for (const name of ['index.html', 'sub dir/[id].txt', 'sub dir/ü/漢.txt']) {
      writeFileSync(join(folder, name), name)
      utimesSync(join(folder, name), 1_600_000_000, 1_600_000_000)
    }
    const first = await lftp(`mirror -R -v ${folder} /site`)
    expect(first.stdout.match(/Transferring file/g)).toHaveLength(3)
    expect(await read(ftp.tree, '/site/sub dir/ü/漢.txt')).toBe('sub dir/ü/漢.txt')
    expect((await ftp.tree.stat('/site/index.html')).modifiedAtS).toBe(1_600_000_000)
    const second = await lftp(`mirror -R -v ${folder} /site`)
    expect(second.stdout).not.toContain('Transferring')
    await lftp(
      'mv /site/index.html /site/home.html; chmod 755 /site/home.html; rm -r "/site/sub dir"',
    )
    expect(await ftp.tree.stat('/site/home.html')).toMatchObject({ mode: 0o755 })
    await expect(ftp.tree.stat('/site/sub dir')).rejects.toMatchObject({ code: 'not-found' })
  }, 90_000)

  it('Python’s ftplib works', async () => {
    const script = `
import ftplib, io, ssl, sys
context = ssl.create_default_context(cafile=sys.argv[1])
ftp = ftplib.FTP_TLS(context=context, encoding='utf-8', timeout=15)
ftp.connect('localhost', int(sys.argv[2]))
try:
    ftp.login('hello', sys.argv[3], secure=False)
    raise SystemExit('it let a plain password in')
except ftplib.error_perm as error:
    assert 'Plain FTP is off' in str(error), error
ftp.auth()
ftp.login('hello', sys.argv[3])
try:
    ftp.nlst()
    raise SystemExit('it sent data in the clear')
except ftplib.error_perm as error:
    assert '521' in str(error), error
ftp.prot_p()
ftp.mkd('py')
ftp.cwd('py')
ftp.storbinary('STOR ä.txt', io.BytesIO(b'python'))
assert ftp.size('ä.txt') == 6
print([name for name, facts in ftp.mlsd()])
back = io.BytesIO()
ftp.retrbinary('RETR ä.txt', back.write)
assert back.getvalue() == b'python'
for bad in ['CWD /../../etc', 'RETR /etc/passwd', 'PORT 127,0,0,1,0,22', 'EPRT |1|127.0.0.1|22|', 'MKD ../../x/y']:
    try:
        ftp.voidcmd(bad)
        raise SystemExit('it took ' + bad)
    except (ftplib.error_perm, ftplib.error_temp):
        pass
ftp.quit()
`
    const { stdout } = await run('python3', [
      '-c',
      script,
      ftp.caFile,
      String(ftp.port),
      ftp.password,
    ])
    expect(stdout.trim()).toBe("['ä.txt']")
    expect(await read(ftp.tree, '/py/ä.txt')).toBe('python')
  }, 60_000)

  it('a client that is killed in the middle leaves its file marked, and it can be resumed', async () => {
    const file = join(ftp.folder, 'huge.bin')
    const content = randomBytes(8_000_000)
    writeFileSync(file, content)
    const secure = ['-sS', '--ipv4', '--ssl-reqd', '--cacert', ftp.caFile, ...user]
    const slowly = ['--limit-rate', '2M', '-T', file, `${url}/huge.bin`]
    const child = spawn('curl', [...secure, ...slowly])
    await expect
      .poll(async () => (await ftp.tree.stat('/huge.bin').catch(() => undefined))?.sizeBytes ?? 0, {
        timeout: 15_000,
      })
      .toBeGreaterThan(1_000_000)
    expect((await ftp.state()).openTransfers).toBe(1)
    child.kill('SIGKILL')
    await expect.poll(async () => (await ftp.state()).incomplete).toEqual(['/huge.bin'])
    expect((await ftp.state()).openTransfers).toBe(0)
    await curl('-C', '-', '-T', file, `${url}/huge.bin`)
    await expect.poll(async () => (await ftp.state()).incomplete).toEqual([])
    const got = join(ftp.folder, 'got-huge.bin')
    await curl('-o', got, `${url}/huge.bin`)
    expect(readFileSync(got).equals(content)).toBe(true)
  }, 60_000)

  it('plain FTP is refused before the password is sent, unless it is switched on for the app', async () => {
    const plain = (...args: string[]) =>
      run('curl', ['-sS', '--ipv4', ...user, ...args, `${url}/`], { timeout: 15_000 })
    await expect(plain()).rejects.toThrow(/Access denied: 530/)
    await ftp.uploads.settings.change(ftp.actor, 'hello', { plainFtp: true })
    expect((await plain()).stdout).toContain('page.html')
    await ftp.uploads.settings.change(ftp.actor, 'hello', { plainFtp: false })
    await expect(plain()).rejects.toThrow(/Access denied: 530/)
  }, 60_000)

  it('a wrong password is refused, counted, and after a few the address waits', async () => {
    const wrong = () =>
      run(
        'curl',
        ['-sS', '--ipv4', '--ssl-reqd', '--cacert', ftp.caFile, '--user', 'hello:wrong', `${url}/`],
        { timeout: 15_000 },
      )
    for (let at = 0; at < 7; at += 1) await expect(wrong()).rejects.toThrow(/530|Timeout/)
    expect(ftp.failed.length).toBeGreaterThan(4)
    await expect(curl(`${url}/`)).rejects.toThrow(/curl: /)
    await ftp.clock.pass(120_000)
    expect((await curl(`${url}/`)).stdout).toContain('page.html')
  }, 60_000)
})
