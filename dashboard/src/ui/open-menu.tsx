import { DropdownMenu } from 'radix-ui'
import type { ReactElement } from 'react'
import { cx } from '#lib/cx.ts'
import type { MenuEntry } from '#ui/menu.tsx'

interface Props {
  trigger: ReactElement
  align: 'start' | 'end'
  entries: readonly MenuEntry[]
}

/** Not modal: Radix would put a style element into the page, which our content policy refuses. */
export function OpenMenu({ trigger, align, entries }: Props) {
  return (
    <DropdownMenu.Root modal={false} defaultOpen>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align={align}
          sideOffset={6}
          collisionPadding={8}
          className="rise z-50 min-w-52 rounded-md border border-line bg-raised p-1 shadow-float"
        >
          {entries.map((entry, index) => (
            // The entries of a menu stay put.
            <Entry key={index} entry={entry} />
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

function Entry({ entry }: { entry: MenuEntry }) {
  if (entry === 'line') return <DropdownMenu.Separator className="my-1 h-px bg-line" />
  if ('heading' in entry) {
    return (
      <DropdownMenu.Label className="px-2.5 py-1.5 text-xs text-muted">
        {entry.heading}
      </DropdownMenu.Label>
    )
  }
  const { label, icon, danger = false, disabled = false, note, onSelect } = entry
  return (
    <DropdownMenu.Item
      disabled={disabled}
      onSelect={onSelect}
      className={cx(
        'flex cursor-pointer items-center gap-2.5 rounded-sm px-2.5 py-2 text-base outline-none select-none',
        'data-[disabled]:cursor-not-allowed data-[disabled]:opacity-50 data-[highlighted]:bg-hover',
        danger ? 'text-bad' : 'text-ink',
      )}
    >
      {icon && <span className="text-muted">{icon}</span>}
      {label}
      {note !== undefined && <span className="ml-auto pl-4 text-xs text-accent">{note}</span>}
    </DropdownMenu.Item>
  )
}
