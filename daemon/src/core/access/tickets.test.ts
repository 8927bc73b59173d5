import { expect, it } from 'vitest'
import { z } from 'zod'
import { createTickets } from '#core/access/tickets.ts'
import { createFakeClock } from '#test/fakes/clock.ts'

const Data = z.object({ userId: z.string() })

function setUp() {
  const clock = createFakeClock()
  const tickets = createTickets({ clock, key: Buffer.alloc(32, 1) })
  const given = tickets.issue('second-step', { userId: 'anna' }, 60_000)
  const read = (ticket = given) => tickets.read('second-step', Data, ticket)
  return { clock, tickets, given, read }
}

it('gives back what it was given with, until it ends', async () => {
  const { clock, read } = setUp()

  expect(read()).toEqual({ userId: 'anna' })
  await clock.pass(59_999)
  expect(read()).toEqual({ userId: 'anna' })
  await clock.pass(1)
  expect(read()).toBeUndefined()
})

it('is good for one purpose, once, and for no other process', () => {
  const { clock, tickets, given, read } = setUp()

  expect(tickets.read('provider', Data, given)).toBeUndefined()
  expect(
    createTickets({ clock, key: Buffer.alloc(32, 2) }).read('second-step', Data, given),
  ).toBeUndefined()
  tickets.spend(given)
  expect(read()).toBeUndefined()
})

it('stands five wrong tries', () => {
  const { tickets, given, read } = setUp()

  for (let at = 0; at < 4; at++) tickets.countTry(given)
  expect(read()).toBeDefined()
  tickets.countTry(given)
  expect(read()).toBeUndefined()
})

it('cannot be made or changed by anybody else', () => {
  const { given, read } = setUp()
  const [id, until, content, mac] = given.split('.')
  const other = Buffer.from('{"userId":"root"}').toString('base64url')
  const forged = [
    '',
    '.',
    '...',
    `${id}.${until}.${content}.`,
    `${id}.${until}.${other}.${mac}`,
    `${id}.${Number(until) + 1}.${content}.${mac}`,
    `x${id}.${until}.${content}.${mac}`,
    `${given}x`,
  ]

  for (const ticket of forged) expect(read(ticket), ticket).toBeUndefined()
})
