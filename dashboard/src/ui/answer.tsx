import type { ChannelAnswer } from '@vastrox/shared/channel.ts'
import { span } from '#lib/time.ts'
import { t } from '#lib/words.ts'

/** What the other side said to a test. */
export const Answer = ({ answer: { isTaken, answer, tookMs } }: { answer: ChannelAnswer }) => (
  <output
    className={`block w-full rounded-md border px-3 py-2 text-sm break-words ${
      isTaken ? 'border-line bg-sunken text-muted' : 'border-bad/30 bg-bad-soft text-bad'
    }`}
  >
    {isTaken
      ? t('Taken after {tookMs}', { tookMs: span(tookMs) })
      : t('Not taken after {tookMs}', { tookMs: span(tookMs) })}
    {answer !== '' && `: ${answer}`}
  </output>
)
