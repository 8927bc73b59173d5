import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { z } from 'zod'
import type { Clock } from '#ports/clock.ts'

/** What a ticket is for; it is good for nothing else. */
export type TicketPurpose =
  | 'second-step'
  | 'set-up-codes'
  | 'passkey-sign-in'
  | 'passkey-proof'
  | 'new-passkey'
  | 'provider'

interface Deps {
  clock: Clock
  /** 32 random bytes of this start: a ticket ends with the process that gave it. */
  key: Buffer
}

/** Wrong tries that a ticket stands; then whoever has it begins anew. */
const MAX_TRIES = 5
const ID_BYTES = 16

interface Uses {
  tries: number
  until: number
}

/**
 * Short-lived signed tickets for what takes more than one request. Nothing is kept of one that was
 * given, so that nobody fills the memory by asking for them; only of one that is used up, until it
 * would have ended anyway.
 */
export function createTickets({ clock, key }: Deps) {
  const used = new Map<string, Uses>()

  const macOf = (purpose: TicketPurpose, body: string): string =>
    createHmac('sha256', key).update(`${purpose}.${body}`).digest('base64url')

  function usesOf(ticket: string): Uses {
    return used.get(idOf(ticket)) ?? { tries: 0, until: 0 }
  }
  function note(ticket: string, tries: number): void {
    const now = clock.now().getTime()
    for (const [id, { until }] of used) if (until <= now) used.delete(id)
    used.set(idOf(ticket), { tries, until: untilOf(ticket) })
  }

  return {
    issue(purpose: TicketPurpose, data: object, lifeMs: number): string {
      const until = clock.now().getTime() + lifeMs
      const id = randomBytes(ID_BYTES).toString('base64url')
      const content = Buffer.from(JSON.stringify(data)).toString('base64url')
      const body = `${id}.${until}.${content}`
      return `${body}.${macOf(purpose, body)}`
    },

    /** What it was given with; undefined where it is not ours, has ended, or is used up. */
    read<Data>(purpose: TicketPurpose, schema: z.ZodType<Data>, ticket: string): Data | undefined {
      const end = ticket.lastIndexOf('.')
      const [body, mac] = [ticket.slice(0, Math.max(end, 0)), ticket.slice(end + 1)]
      if (!isSame(mac, macOf(purpose, body))) return undefined
      if (untilOf(ticket) <= clock.now().getTime()) return undefined
      if (usesOf(ticket).tries >= MAX_TRIES) return undefined
      const content = Buffer.from(body.split('.')[2] ?? '', 'base64url').toString()
      return schema.parse(JSON.parse(content))
    },

    /** It has done its work. */
    spend: (ticket: string): void => note(ticket, MAX_TRIES),

    /** Something wrong came with it. */
    countTry: (ticket: string): void => note(ticket, usesOf(ticket).tries + 1),
  }
}
export type Tickets = ReturnType<typeof createTickets>

const idOf = (ticket: string): string => ticket.split('.', 1)[0] ?? ''
const untilOf = (ticket: string): number => Number(ticket.split('.', 2)[1])

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}
