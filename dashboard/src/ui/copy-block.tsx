import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { copyText } from '#lib/copy.ts'
import { cx } from '#lib/cx.ts'
import { t } from '#lib/words.ts'

interface Props {
  /** What is shown and copied, exactly. */
  text: string
  label: string
  /** Shown in place of the text, where it holds a secret that should not be on the screen. */
  shown?: string
  className?: string
}

/** Commands or a secret to take away, with a button that copies them. */
export function CopyBlock({ text, label, shown = text, className }: Props) {
  return (
    <div
      className={cx(
        'flex items-start overflow-hidden rounded-md border border-line bg-console',
        className,
      )}
    >
      <pre
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls, also by keyboard
        tabIndex={0}
        // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- a fieldset is for controls
        role="group"
        aria-label={label}
        className="min-w-0 flex-1 overflow-x-auto p-3.5 font-mono text-sm leading-6"
      >
        {shown}
      </pre>
      <CopyButton text={text} label={t('Copy {label}', { label })} className="m-2" />
    </div>
  )
}

export function CopyButton({
  text,
  label,
  className,
}: {
  /** What is copied; a function is asked at the click. */
  text: string | (() => string)
  label: string
  className?: string
}) {
  const [copied, setCopied] = useState(false)

  useEffect(() => {
    if (!copied) return undefined
    const timer = setTimeout(() => setCopied(false), 2_000)
    return () => clearTimeout(timer)
  }, [copied])

  return (
    <button
      type="button"
      aria-label={copied ? t('Copied') : label}
      title={copied ? t('Copied') : label}
      onClick={() => void copyText(typeof text === 'string' ? text : text()).then(setCopied)}
      className={cx(
        'flex size-8 shrink-0 items-center justify-center rounded-md text-muted hover:bg-hover hover:text-ink',
        className,
      )}
    >
      {copied ? (
        <Check size={15} aria-hidden className="text-good" />
      ) : (
        <Copy size={15} aria-hidden />
      )}
    </button>
  )
}
