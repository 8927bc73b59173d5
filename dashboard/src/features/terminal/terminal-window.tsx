// oxlint-disable-next-line import/no-unassigned-import -- vite makes it a stylesheet
import '@xterm/xterm/css/xterm.css'
import { FitAddon } from '@xterm/addon-fit'
import { Terminal } from '@xterm/xterm'
import { useEffect, useEffectEvent, useRef, useState } from 'react'
import { openTerminalLink, type TerminalLink } from '#features/terminal/terminal-link.ts'
import { describeError } from '#lib/api-error.ts'
import { t } from '#lib/words.ts'
import { styleSheetDocument } from '#ui/style-sheet-document.ts'

interface Props {
  path: string
  wish: Readonly<Record<string, unknown>>
  label: string
  /** For whoever hears the page: lines are told as they come. */
  forScreenReaders: boolean
  /** Once it is over, and how. */
  onEnd: (words: string) => void
}

const THEME = { background: '#0b0e14', foreground: '#d7dce5', cursor: '#8ab4ff' }
const FONT = "'Geist Mono Variable', ui-monospace, monospace"
const SCROLLBACK = 5_000

/** A terminal of xterm, and the command at the server that it shows. */
export function TerminalWindow({ path, wish, label, forScreenReaders, onEnd }: Props) {
  const place = useRef<HTMLDivElement>(null)
  const [state, setState] = useState(t('Connecting'))
  const end = useEffectEvent((words: string) => onEnd(words))
  const wished = useEffectEvent(() => wish)

  useEffect(() => {
    const element = place.current
    if (!element) return undefined
    const terminal = new Terminal({
      documentOverride: styleSheetDocument(document),
      fontFamily: FONT,
      fontSize: 13,
      theme: THEME,
      scrollback: SCROLLBACK,
      cursorBlink: !matchMedia('(prefers-reduced-motion: reduce)').matches,
      screenReaderMode: forScreenReaders,
      // Rule C15: what a program prints opens nothing.
      linkHandler: { activate: () => undefined },
    })
    const fit = new FitAddon()
    terminal.loadAddon(fit)
    terminal.open(element)
    terminal.textarea?.setAttribute('aria-label', label)
    fit.fit()
    terminal.focus()

    let link: TerminalLink | undefined
    let isGone = false
    const size = () => ({ columns: terminal.cols, rows: terminal.rows })
    const problem = (error: unknown) => end(describeError(error).message)
    openTerminalLink({
      path,
      wish: wished(),
      size: size(),
      onOutput: (bytes) => terminal.write(bytes),
      onState: (now) =>
        setState(now === 'open' ? t('Connected') : t('Connection lost: trying again')),
      onExit: ({ exitCode, reason }) =>
        end(reason ?? t('It ended with code {exitCode}.', { exitCode: exitCode ?? t('unknown') })),
      onProblem: problem,
    }).then(
      (opened) => {
        link = opened
        if (isGone) return opened.close()
        opened.resize(size())
      },
      (error: unknown) => {
        if (!isGone) problem(error)
      },
    )
    const listeners = [
      terminal.onData((text) => link?.type(text)),
      terminal.onBinary((text) => link?.typeBytes(text)),
      terminal.onResize(() => link?.resize(size())),
    ]
    const watch = new ResizeObserver(() => fit.fit())
    watch.observe(element)

    return () => {
      isGone = true
      watch.disconnect()
      for (const listener of listeners) listener.dispose()
      link?.close()
      terminal.dispose()
    }
  }, [path, label, forScreenReaders])

  return (
    <div>
      <div
        ref={place}
        className="h-[calc(100dvh-22rem)] min-h-72 overflow-hidden rounded-md bg-[#0b0e14] p-2"
      />
      <output className="mt-1 block text-xs text-muted">{state}</output>
    </div>
  )
}
