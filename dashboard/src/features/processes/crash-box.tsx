import type { Instance } from '@vastrox/shared/process.ts'
import { exactTime } from '#lib/time.ts'
import { sayEnd } from '#features/processes/say-end.ts'
import { t } from '#lib/words.ts'
import { Ago } from '#ui/ago.tsx'

/** The black box of an instance: how it ended last, and what it said right before. */
export function CrashBox({ instance }: { instance: Instance }) {
  const { lastCrash, nextTryAt, state, process, ordinal } = instance
  if (!lastCrash) return null
  const isLooping = state === 'crash-looping'
  return (
    <details
      open={isLooping}
      className="mt-2 w-full min-w-0 rounded-md border border-line bg-sunken text-sm"
    >
      <summary className="cursor-pointer px-3 py-2 text-muted">
        {process}.{ordinal} {sayEnd(lastCrash)} <Ago at={lastCrash.at} />
      </summary>
      <div className="border-t border-line px-3 py-2">
        {isLooping && (
          <p className="mb-2 text-muted">
            {nextTryAt === null
              ? t(
                  'It ended 5 times in 10 minutes, so it gets no visitors. It is being tried again now.',
                )
              : t(
                  'It ended 5 times in 10 minutes, so it gets no visitors. It is tried again at {nextTryAt}.',
                  { nextTryAt: exactTime(nextTryAt) },
                )}
          </p>
        )}
        {lastCrash.explanation !== null && <p className="mb-2">{lastCrash.explanation}</p>}
        {lastCrash.lines.length === 0 ? (
          <p className="text-muted">{t('It printed nothing.')}</p>
        ) : (
          // A region that scrolls must be reached by keyboard too.
          <pre
            // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls
            tabIndex={0}
            aria-label={`Last lines of ${process}.${ordinal}`}
            className="max-h-72 overflow-auto font-mono text-xs whitespace-pre"
          >
            {lastCrash.lines.join('\n')}
          </pre>
        )}
      </div>
    </details>
  )
}
