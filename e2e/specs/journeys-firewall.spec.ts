import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { listenOn, probe } from '../../agent/test/firewall-lab.ts'
import { LAB } from '../../agent/test/network-lab.ts'
import { connectInstallation } from '#support/installation.ts'
import { beginJourney, type Journey } from '#support/journey.ts'
import { createServerInLab, type ServerInLab } from '#support/journey-lab.ts'

/*
 * A firewall that is let loose, by somebody who sits at the other end of it: agent and daemon in a
 * network namespace that enforces, the browser in another. What the page says is probed from outside.
 */
/** Both of somebody else; the game stays open all the while. */
const [DATABASE, GAME] = [5_432, 7_777]
/** Until the minute is over: with `--long`. */
const LONG = process.env['VASTROX_LONG'] === '1'
const MINUTE = 60_000
/** A change ends connections that are older than it, and an old one may not keep it; the page asks again. */
const OF_A_CHANGE = /ERR_SOCKET_NOT_CONNECTED|ERR_CONNECTION_(?:CLOSED|RESET)|\b409\b/

let server: ServerInLab
let journey: Journey

beforeAll(async () => {
  server = await createServerInLab(connectInstallation())
  await listenOn(server.lab.host, [DATABASE, GAME])
  journey = await beginJourney(server.installation, 'firewall', { browser: server.browser })
  await journey.signIn()
})
afterEach((context) => journey.keepWhereItFailed(context))
afterAll(async () => {
  await journey?.close()
  await server?.lab.close()
})

/** What somebody at her address meets at these ports. */
const meets = (...ports: number[]): Promise<string[]> =>
  probe(server.lab.internet, ...ports.map((port) => `tcp,${LAB.host.internet4},${port}`))
const reached = async (): Promise<string | undefined> => (await meets(DATABASE))[0]

/** What would be shut is shown first; `apply` does it. */
async function previewWithoutDatabase() {
  const { page } = journey
  await page.getByRole('button', { name: 'Preview: enforce' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(new RegExp(`^${DATABASE}/tcp`)).uncheck()
  await dialog.getByText(`closes ${DATABASE}/tcp`, { exact: false }).waitFor()
  await dialog.getByText('You cannot lock yourself out').waitFor()
  return {
    async apply(): Promise<void> {
      await dialog.getByRole('button', { name: 'Apply' }).click()
      await page.getByText(/Goes back by itself in \d+ s/).waitFor()
    },
  }
}

describe('the firewall, from outside', () => {
  it('counts down once it enforces, and is taken back by a click', async () => {
    const { page } = journey
    await journey.go('/firewall', 'Firewall')
    await page.getByText('Observing').waitFor()
    expect(await reached()).toBe('open')

    const preview = await previewWithoutDatabase()
    expect(await journey.look('preview')).toEqual([])
    await preview.apply()
    expect(await reached()).toBe('silent')
    await page.getByText(/Goes back by itself in (?:\d|[1-4]\d|5[0-7]) s/).waitFor()
    expect(await journey.look('counting-down')).toEqual([])
    await page.getByRole('button', { name: 'Take it back now' }).click()

    await page.getByText('The rules before hold again.').waitFor()
    await page.getByText('The last change was taken back').waitFor()
    await page.getByText('Observing').waitFor()
    expect(await reached()).toBe('open')
  })

  it('is kept by whoever still comes in', async () => {
    const { page } = journey
    await (await previewWithoutDatabase()).apply()
    await page.getByRole('button', { name: 'Keep it' }).click()

    await page.getByText('The change is kept.').waitFor()
    await page.getByText('Enforcing').waitFor()
    await page.getByText('Goes back by itself').waitFor({ state: 'detached' })
    expect(await reached()).toBe('silent')
    expect(await journey.look('enforcing')).toEqual([])
  })

  it('lets one address to the database, and that is what the network does', async () => {
    const { page } = journey
    await page.getByRole('button', { name: 'New rule' }).first().click()
    await page.getByRole('button', { name: 'A database for one address, for a while' }).click()
    await page.getByRole('textbox', { name: 'From' }).fill(LAB.internet.v4)
    expect(await journey.look('new-rule')).toEqual([])
    await page.getByRole('button', { name: 'Add to the rules' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Apply' }).click()
    await page.getByText(`from ${LAB.internet.v4}`).first().waitFor()
    const keep = page.getByRole('button', { name: 'Keep it' })
    if (await keep.isVisible()) await keep.click()
    expect(await reached()).toBe('open')
    expect(await journey.look('opened')).toEqual([])
  })

  it('made no complaint in the console', () => {
    expect(journey.complaints.filter((line) => !OF_A_CHANGE.test(line))).toEqual([])
  })
})

describe.each(LONG ? ['whoever blocks her own network'] : [])('%s', () => {
  it('keeps the page that she sits before, and has the rest again when nobody has said to keep it', async () => {
    const { page } = journey
    await page.getByRole('button', { name: 'New rule' }).first().click()
    await page.getByRole('button', { name: 'Block a network' }).click()
    await page.getByRole('textbox', { name: 'Network', exact: true }).fill(`${LAB.internet.v4}/32`)
    await page.getByRole('button', { name: 'Add to the rules' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('your own connection over 8443/tcp stays').waitFor()
    await dialog.getByText('You cannot lock yourself out').waitFor()
    expect(await journey.look('blocks-herself')).toEqual([])
    await dialog.getByRole('button', { name: 'Apply' }).click()
    await page.getByText('This page has just reached the server over a new connection').waitFor()
    expect(await meets(DATABASE, GAME)).toEqual(['silent', 'silent'])

    await page
      .getByText('Nobody confirmed it over a new connection')
      .first()
      .waitFor({ timeout: 2 * MINUTE })
    expect(await journey.look('taken-back')).toEqual([])
    expect(await meets(DATABASE, GAME)).toEqual(['open', 'open'])
  })
})
