import { CreateToken } from '@vastrox/shared/token.ts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { COMMANDS } from '#ftp/commands.ts'
import { createFtpHarness, type FtpHarness } from '#test/ftp-harness.ts'
import { dialFtps } from '#test/ftps-client.ts'

const [APP, OTHER, NO_APP] = ['hello', 'other', 'missing']
/** Every command of the table, so that a new one is in it from its first day. */
const VERBS = [...Object.keys(COMMANDS), 'PASV', 'EPSV']
const MINUTE_MS = 60_000

let ftp: FtpHarness
beforeEach(async () => {
  ftp = await createFtpHarness()
})
afterEach(() => ftp.close())

/** What is said to USER and PASS, and then to every command about a file that is there. */
async function tryAll(app: string, secret: string | undefined): Promise<string[]> {
  // A wait after failures is told in the greeting, whoever comes: not what is looked at here.
  await ftp.clock.pass(60 * MINUTE_MS)
  const client = await dialFtps(ftp)
  try {
    await client.startTls()
    await client.say('PBSZ 0')
    await client.say('PROT P')
    const said =
      secret === undefined
        ? []
        : [await client.say(`USER ${app}`), await client.say(`PASS ${secret}`)]
    for (const verb of VERBS) said.push(`${verb}: ${await client.say(`${verb} server.js`)}`)
    return said.map((text) => text.replaceAll(app, '<app>'))
  } finally {
    client.close()
  }
}

describe('the matrix of FTPS (rule C8)', () => {
  it('refuses every command to whoever is not let in, with the same words as where there is no such app', async () => {
    const { access, actor, uploads } = ftp
    access.createFirstOwner()
    ftp.addApp(OTHER)
    const create = async (app: string) =>
      (await uploads.settings.createPassword(actor, app)).password
    const ofOther = await create(OTHER)
    const replaced = ftp.password
    await create(APP)
    const token = access.tokens.create(access.rootActor(), CreateToken.parse({ name: 'admin' }))
    const callers: Record<string, string | undefined> = {
      nobody: undefined,
      'an empty password': '',
      'a wrong password': 'not-the-password',
      'the password of another app': ofOther,
      'a password that was replaced': replaced,
      'an API token of an admin': token.token,
    }
    const wrong: string[] = []
    for (const [name, secret] of Object.entries(callers)) {
      const there = await tryAll(APP, secret)
      const missing = await tryAll(NO_APP, secret)
      if (there.join('\n') !== missing.join('\n')) wrong.push(`${name}: ${there.join('\n')}`)
      const verbs = there.slice(secret === undefined ? 0 : 2)
      for (const said of verbs)
        if (!/^[A-Z]+: 530 Sign in first\.$/.test(said)) wrong.push(`${name}: ${said}`)
    }

    expect(wrong).toEqual([])
    expect(VERBS.length).toBeGreaterThan(25)
  })

  it('lets nobody go on whose password was removed', async () => {
    const { actor, uploads } = ftp
    const client = await dialFtps(ftp)
    await client.startTls()
    await client.say(`USER ${APP}`)
    expect(await client.say(`PASS ${ftp.password}`)).toMatch(/^230 /)
    await uploads.settings.removePassword(actor, APP)

    expect(await client.reply()).toMatch(/^421 /)
    client.close()
    const said = await tryAll(APP, ftp.password)
    expect(said[1]).toMatch(/^530 /)
    expect(new Set(said.slice(2).map((text) => text.replace(/^[A-Z]+: /, '')))).toEqual(
      new Set(['530 Sign in first.']),
    )
  })
})
