import { expect, it } from 'vitest'
import { createTerminal } from '#core/terminals/terminal.ts'
import { createFakeClock } from '#test/fakes/clock.ts'
import { createFakeSession } from '#test/fakes/session.ts'

function start() {
  const ending = new AbortController()
  const fake = createFakeSession({}, ending.signal)
  const room = Promise.withResolvers<void>()
  const terminal = createTerminal({
    session: { ...fake.session, write: () => room.promise },
    abort: () => ending.abort(),
    clock: createFakeClock(),
  })
  return { fake, room, terminal }
}

it('takes no more than a megabyte that its program does not read', async () => {
  const { room, terminal } = start()
  const base64 = Buffer.alloc(64 * 1_024).toString('base64')
  const typed = Array.from({ length: 16 }, () => terminal.write({ base64 }))
  await expect(terminal.write({ base64 })).rejects.toMatchObject({ code: 'RATE_LIMITED' })
  // Its window is no less of one.
  await terminal.write({ size: { columns: 90, rows: 20 } })
  room.resolve()
  await Promise.all(typed)

  await expect(terminal.write({ base64 })).resolves.toBeUndefined()
  await terminal.close()
})

it('keeps little of a program that prints letter by letter, and nothing that was not read is lost', async () => {
  const { fake, terminal } = start()
  const letters = 3_000
  for (let at = 0; at < letters; at += 1) fake.print('x')
  fake.exit(0)
  const seen: number[] = []
  for await (const { seq } of terminal.read(0, new AbortController().signal)) seen.push(seq)
  const again: number[] = []
  for await (const { seq } of terminal.read(0, new AbortController().signal)) again.push(seq)

  expect(seen).toEqual(Array.from({ length: letters + 1 }, (_, at) => at + 1))
  expect(again.length).toBeLessThan(letters / 2)
  expect(again.at(-1)).toBe(letters + 1)
  await terminal.close()
})
