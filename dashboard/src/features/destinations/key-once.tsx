import { useEffect, useRef, useState } from 'react'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { CopyBlock } from '#ui/copy-block.tsx'

interface Props {
  name: string
  text: string
  onKept: () => void
}

/**
 * The only time that a destination's key can be seen. It stays on the page, not in a dialog that
 * Escape closes, until somebody says that they have kept it.
 */
export function KeyOnce({ name, text, onKept }: Props) {
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
        title={`The key of ${name}: keep it away from this server, now`}
        footer={
          <>
            <label className="flex items-center gap-3 text-base text-ink">
              <input
                type="checkbox"
                className="accent-accent"
                checked={isKept}
                onChange={({ target }) => setIsKept(target.checked)}
              />
              I have kept it
            </label>
            <Button variant="primary" disabled={!isKept} onClick={onKept}>
              Done
            </Button>
          </>
        }
      >
        <CopyBlock label={`key of ${name}`} text={text} />
        <ul className="mt-4 list-disc space-y-1 pl-5 text-muted">
          <li>Everything in {name} is encrypted with it.</li>
          <li>While this server lives you do not need it: Vastrox has its own copy.</li>
          <li>
            <strong className="text-ink">
              When this server is lost, the backups can be opened with this key only.
            </strong>{' '}
            Without it they are gone as well, and nobody can help.
          </li>
          <li>It is not shown again. A password manager or paper outlives a server.</li>
        </ul>
      </Card>
    </div>
  )
}
