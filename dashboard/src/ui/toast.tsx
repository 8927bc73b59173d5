import { CircleAlert, CircleCheck, X } from 'lucide-react'
import { useEffect, useRef, useSyncExternalStore } from 'react'
import { describeError } from '#lib/api-error.ts'
import { cx } from '#lib/cx.ts'
import { t } from '#lib/words.ts'

interface Toast {
  id: number
  tone: 'good' | 'bad'
  message: string
  hint: string | undefined
}

const MOST = 4
const GOOD_MS = 5_000
const BAD_MS = 12_000

let toasts: readonly Toast[] = []
let lastId = 0
const listeners = new Set<() => void>()

const change = (next: readonly Toast[]) => {
  toasts = next
  for (const tell of listeners) tell()
}
const remove = (id: number) => change(toasts.filter((toast) => toast.id !== id))

function show(tone: Toast['tone'], message: string, hint?: string): void {
  lastId += 1
  const id = lastId
  change([...toasts, { id, tone, message, hint }].slice(-MOST))
  setTimeout(() => remove(id), tone === 'good' ? GOOD_MS : BAD_MS)
}

/** Says in passing what was done, or what went wrong where no form can say it. */
export const toast = {
  good: (message: string, hint?: string) => show('good', message, hint),
  error: (error: unknown) => {
    const { message, hint } = describeError(error)
    show('bad', message, hint)
  },
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function Toasts() {
  const shown = useSyncExternalStore(subscribe, () => toasts)
  const ref = useRef<HTMLOutputElement>(null)

  // Shown anew as a popover, it lies above a dialog that was opened after it.
  useEffect(() => {
    const region = ref.current
    if (!region) return
    if (region.matches(':popover-open')) region.hidePopover()
    if (shown.length > 0) region.showPopover()
  }, [shown])

  return (
    <output
      ref={ref}
      popover="manual"
      aria-label={t('Notifications')}
      className="inset-auto right-4 bottom-18 w-[calc(100vw-2rem)] max-w-sm overflow-visible bg-transparent text-ink lg:bottom-4"
    >
      <ul className="flex flex-col gap-2">
        {shown.map(({ id, tone, message, hint }) => (
          <li
            key={id}
            className="rise flex items-start gap-3 rounded-md border border-line bg-raised p-3 shadow-float"
          >
            <span className={cx('mt-0.5', tone === 'good' ? 'text-good' : 'text-bad')}>
              {tone === 'good' ? (
                <CircleCheck size={16} aria-hidden />
              ) : (
                <CircleAlert size={16} aria-hidden />
              )}
            </span>
            <div className="min-w-0 flex-1">
              <p className="font-medium">{message}</p>
              {hint !== undefined && <p className="text-sm text-muted">{hint}</p>}
            </div>
            <button
              type="button"
              aria-label={t('Dismiss')}
              onClick={() => remove(id)}
              className="text-muted hover:text-ink"
            >
              <X size={14} aria-hidden />
            </button>
          </li>
        ))}
      </ul>
    </output>
  )
}
