import { X } from 'lucide-react'
import { type ReactNode, useEffect, useId, useRef } from 'react'
import { cx } from '#lib/cx.ts'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'

interface Props {
  open: boolean
  onClose: () => void
  title: string
  lead?: ReactNode
  wide?: boolean
  children: ReactNode
}

/**
 * The browser's own modal dialog: it keeps the focus, closes by Escape and makes the page behind it
 * inert without a style element at run time, which our content policy would refuse.
 */
export function Dialog({ open, onClose, title, lead, wide = false, children }: Props) {
  const ref = useRef<HTMLDialogElement>(null)
  const id = useId()

  useEffect(() => {
    const dialog = ref.current
    if (!dialog || dialog.open === open) return
    if (open) dialog.showModal()
    else dialog.close()
  }, [open])

  return (
    <dialog
      ref={ref}
      onClose={onClose}
      aria-labelledby={`${id}-title`}
      className={cx(
        'fixed m-auto max-h-[calc(100dvh-2rem)] w-[calc(100vw-2rem)] overflow-y-auto rounded-lg border border-line bg-raised shadow-float',
        'backdrop:bg-black/50 backdrop:backdrop-blur-[2px] open:rise',
        wide ? 'max-w-2xl' : 'max-w-md',
      )}
    >
      {open && (
        <>
          <header className="px-5 pt-5 pr-14">
            <h2 id={`${id}-title`} className="text-lg font-semibold">
              {title}
            </h2>
            {lead !== undefined && <p className="mt-1 text-muted">{lead}</p>}
          </header>
          <div className="p-5">{children}</div>
          {/* Last, so that a dialog begins with what it is about. */}
          <Button
            variant="quiet"
            size="sm"
            square
            aria-label={t('Close')}
            onClick={onClose}
            icon={<X size={16} aria-hidden />}
            className="absolute top-4 right-3"
          />
        </>
      )}
    </dialog>
  )
}

/** The row of buttons at the end of a dialog; the way back comes first. */
export function DialogActions({ children }: { children: ReactNode }) {
  return <div className="mt-6 flex flex-wrap justify-end gap-2">{children}</div>
}
