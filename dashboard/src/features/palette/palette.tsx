/* oxlint-disable jsx-a11y/prefer-tag-over-role -- no element is the list of a combobox */
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Search } from 'lucide-react'
import { useEffect, useId, useRef, useState } from 'react'
import { appsQuery } from '#features/apps/queries.ts'
import { type Command, commandsFor, findCommands } from '#features/palette/commands.ts'
import { cx } from '#lib/cx.ts'
import { t } from '#lib/words.ts'

const GROUP: Record<Command['group'], string> = {
  Apps: t('Apps'),
  Pages: t('Pages'),
  Do: t('Do'),
}

/** Everything there is to go to, by a few typed letters. */
export function Palette({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  const navigate = useNavigate()
  const { data: apps = [] } = useQuery(appsQuery)
  const [typed, setTyped] = useState('')
  const [wanted, setWanted] = useState(0)
  const found = findCommands(commandsFor(apps), typed)
  const chosen = Math.min(wanted, found.length - 1)

  useEffect(() => {
    const element = dialog.current
    element?.setAttribute('closedby', 'any')
    element?.showModal()
  }, [])

  useEffect(() => {
    document.getElementById(`${id}-${chosen}`)?.scrollIntoView({ block: 'nearest' })
  }, [id, chosen])

  const go = (command: Command | undefined) => {
    if (!command) return
    onClose()
    void navigate({ to: command.to, ...(command.params && { params: command.params }) })
  }

  const onKeyDown = (event: React.KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined) {
      event.preventDefault()
      setWanted((chosen + step + found.length) % Math.max(1, found.length))
    }
    if (event.key === 'Enter') {
      event.preventDefault()
      go(found[chosen])
    }
  }

  return (
    <dialog
      ref={dialog}
      onClose={onClose}
      aria-label={t('Search and commands')}
      className="rise mx-auto mt-[12dvh] mb-auto w-[calc(100vw-2rem)] max-w-xl overflow-hidden rounded-lg border border-line bg-raised shadow-float backdrop:bg-black/50"
    >
      <div className="flex items-center gap-3 border-b border-line px-4">
        <Search size={17} aria-hidden className="text-faint" />
        <input
          role="combobox"
          aria-label={t('Search and commands')}
          aria-expanded
          aria-controls={`${id}-list`}
          aria-activedescendant={found[chosen] && `${id}-${chosen}`}
          // Opened to type into.
          autoFocus
          autoComplete="off"
          spellCheck={false}
          placeholder={t('An app, a page, or what to do')}
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value)
            setWanted(0)
          }}
          onKeyDown={onKeyDown}
          className="h-12 flex-1 bg-transparent text-lg outline-none"
        />
      </div>
      <div
        id={`${id}-list`}
        role="listbox"
        aria-label={t('Results')}
        className="max-h-[50dvh] overflow-y-auto p-1.5"
      >
        {found.map((command, index) => (
          <div
            key={command.id}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === chosen}
            onPointerMove={() => setWanted(index)}
            onClick={() => go(command)}
            onKeyDown={onKeyDown}
            className={cx(
              'flex cursor-pointer items-center justify-between gap-3 rounded-sm px-3 py-2',
              index === chosen && 'bg-hover',
            )}
          >
            <span className="truncate">{command.title}</span>
            <span className="text-xs text-faint">{GROUP[command.group]}</span>
          </div>
        ))}
        {found.length === 0 && (
          <p className="px-3 py-6 text-center text-muted">{t('Nothing found.')}</p>
        )}
      </div>
    </dialog>
  )
}
