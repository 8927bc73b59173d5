import { lazy, type ReactNode, Suspense, useState } from 'react'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { Notice } from '#ui/notice.tsx'
import { ListSkeleton } from '#ui/skeleton.tsx'

const TerminalWindow = lazy(async () => {
  const { TerminalWindow: Window } = await import('#features/terminal/terminal-window.tsx')
  return { default: Window }
})

interface Props {
  title: string
  lead: string
  /** `/apps/shop/terminals` */
  path: string
  wish: Readonly<Record<string, unknown>>
  /** What is chosen before it is opened. */
  children?: ReactNode
}

/** Opened by a click, since opening is audited and asks who sits there; opened again after its end. */
export function TerminalCard({ title, lead, path, wish, children }: Props) {
  const [opened, setOpened] = useState(0)
  const [isOpen, setIsOpen] = useState(false)
  const [ended, setEnded] = useState<string>()
  const [isHeard, setIsHeard] = useState(false)

  const open = () => {
    setEnded(undefined)
    setOpened((count) => count + 1)
    setIsOpen(true)
  }
  const end = (words: string) => {
    setIsOpen(false)
    setEnded(words)
  }

  return (
    <Card title={title} lead={lead}>
      {!isOpen && children}
      <div className="mb-3 flex flex-wrap items-center gap-4">
        {isOpen ? (
          <Button size="sm" onClick={() => end(t('Closed.'))}>
            {t('Close')}
          </Button>
        ) : (
          <Button variant="primary" onClick={open}>
            {ended === undefined ? t('Open terminal') : t('Open another')}
          </Button>
        )}
        <label className="flex items-center gap-2 text-sm text-muted">
          <input
            type="checkbox"
            checked={isHeard}
            disabled={isOpen}
            onChange={(event) => setIsHeard(event.target.checked)}
          />
          {t('For a screen reader')}
        </label>
      </div>
      {ended !== undefined && <Notice tone="info" title={ended} />}
      {isOpen && (
        <Suspense fallback={<ListSkeleton />}>
          <TerminalWindow
            key={opened}
            path={path}
            wish={wish}
            label={title}
            forScreenReaders={isHeard}
            onEnd={end}
          />
        </Suspense>
      )}
    </Card>
  )
}
