import type { Sending } from '#features/uploads/send-files.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'

/** How far an upload has come, and the way out of it. */
export function SendingBar({ sending, onStop }: { sending: Sending; onStop: () => void }) {
  const { name, at, of, share } = sending
  return (
    <>
      <output className="min-w-0 flex-1 truncate">
        {of > 1 && t('{at} of {of}: ', { at, of })}
        {name} ({Math.round(share * 100)} %)
      </output>
      <progress
        className="h-2 w-40 accent-accent"
        value={share}
        aria-label={t('Upload of {name}', { name })}
      />
      <Button size="sm" onClick={onStop}>
        {t('Stop')}
      </Button>
    </>
  )
}
