import type { DestinationKey } from '@vastrox/shared/backup.ts'
import { useEffect, useRef, useState } from 'react'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { CopyBlock } from '#ui/copy-block.tsx'

interface Props {
  shown: DestinationKey & { name: string }
  onKept: () => void
}

/**
 * The key of a destination, when it is made or asked for. It stays on the page, not in a dialog that
 * Escape closes, until somebody says that they have kept it.
 */
export function KeyOnce({ shown: { name, repositoryKey, location, meaning }, onKept }: Props) {
  const [isKept, setIsKept] = useState(false)
  const ref = useRef<HTMLDivElement>(null)

  useEffect(() => {
    ref.current?.scrollIntoView({ block: 'nearest' })
    const warn = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', warn)
    return () => window.removeEventListener('beforeunload', warn)
  }, [])

  return (
    <div ref={ref} className="mb-5">
      <Card
        title={t('The key of {name}: keep it away from this server, now', { name })}
        footer={
          <>
            <label className="flex items-center gap-3 text-base text-ink">
              <input
                type="checkbox"
                className="accent-accent"
                checked={isKept}
                onChange={({ target }) => setIsKept(target.checked)}
              />
              {t('I have kept it')}
            </label>
            <Button variant="primary" disabled={!isKept} onClick={onKept}>
              {t('Done')}
            </Button>
          </>
        }
      >
        <CopyBlock label={t('key of {name}', { name })} text={repositoryKey} />
        <CopyBlock label={t('where it lies')} text={location} className="mt-2" />
        <ul className="mt-4 list-disc space-y-1 pl-5 text-muted">
          <li>{t('Everything in {name} is encrypted with it.', { name })}</li>
          <li>{t('While this server lives you do not need it: Vastrox has its own copy.')}</li>
          <li>
            <strong className="text-ink">{meaning}</strong>
          </li>
          <li>
            {t('A password manager or paper outlives a server. Each look at it is written down.')}
          </li>
        </ul>
      </Card>
    </div>
  )
}
