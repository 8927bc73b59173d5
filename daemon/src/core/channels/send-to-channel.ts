import type { ChannelAnswer, Notification } from '@vastrox/shared/channel.ts'
import { sayError } from '@vastrox/shared/errors.ts'
import { createRedactor, redact } from '@vastrox/shared/node/redactor.ts'
import { plain } from '@vastrox/shared/terminal-text.ts'
import { z } from 'zod'
import { wordsToHide } from '#core/channels/channel-settings.ts'
import type { ChannelHands, ChannelKind, ChannelOutcome } from '#ports/channel-kind.ts'
import type { Clock } from '#ports/clock.ts'
import type { SecretBox } from '#ports/secret-box.ts'
import type { ChannelRecord, ChannelSettings } from '#store/channel-store.ts'

interface Deps {
  kinds: readonly ChannelKind[]
  hands: ChannelHands
  secretBox: SecretBox
  clock: Clock
}

/** What came of it: what the other side said, without any secret. */
export type Told = ChannelAnswer & Pick<ChannelOutcome, 'retryAfterMs' | 'isFinal'>

const MOST_MS = 45_000
const MOST_ANSWER = 400
const Secrets = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))

/** Where a sealed secret belongs: it opens nowhere else. */
export const secretsContext = (id: string): string => `channels|${id}|secrets_sealed`

export const secretsOf = (
  secretBox: SecretBox,
  { id, secretsSealed }: Pick<ChannelRecord, 'id' | 'secretsSealed'>,
): ChannelSettings => Secrets.parse(JSON.parse(secretBox.open(secretsSealed, secretsContext(id))))

/** Sends it once. Never throws: what went wrong is in the answer. */
export function createSendToChannel({ kinds, hands, secretBox, clock }: Deps) {
  return async function send(
    channel: ChannelRecord,
    notification: Notification,
    signal: AbortSignal,
  ): Promise<Told> {
    const begunMs = clock.elapsedMs()
    const kind = kinds.find((one) => one.kind === channel.kind)
    if (!kind)
      return {
        isTaken: false,
        isFinal: true,
        answer: `There is no kind of channel called ${channel.kind} any more.`,
        tookMs: 0,
      }
    const secret = secretsOf(secretBox, channel)
    const outcome = await kind
      .send(
        hands,
        { ...channel.settings, ...secret },
        notification,
        AbortSignal.any([signal, AbortSignal.timeout(MOST_MS)]),
      )
      .catch((error: unknown): ChannelOutcome => ({ isTaken: false, answer: sayError(error) }))
    const hidden = redact(createRedactor(wordsToHide(secret)), outcome.answer)
    return {
      ...outcome,
      answer: plain(hidden.replace(/\s+/g, ' ')).slice(0, MOST_ANSWER),
      tookMs: clock.elapsedMs() - begunMs,
    }
  }
}
export type SendToChannel = ReturnType<typeof createSendToChannel>
