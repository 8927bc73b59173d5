import { cloneElement, lazy, type MouseEvent, type ReactElement, Suspense, useState } from 'react'

export type MenuEntry =
  | {
      label: string
      icon?: ReactElement
      danger?: boolean
      disabled?: boolean
      /** At the right edge: "chosen". */
      note?: string | undefined
      onSelect: () => void
    }
  | { heading: string }
  | 'line'

interface Trigger {
  onClick?: (event: MouseEvent) => void
  onPointerEnter?: () => void
  onFocus?: () => void
  'aria-haspopup'?: 'menu'
  'aria-expanded'?: boolean
}

interface Props {
  /** A button. */
  trigger: ReactElement<Trigger>
  align?: 'start' | 'end'
  entries: readonly MenuEntry[]
}

const load = () => import('#ui/open-menu.tsx')
const OpenMenu = lazy(async () => ({ default: (await load()).OpenMenu }))

/** A menu. Its code comes when somebody is about to open the first one, not with the page. */
export function Menu({ trigger, align = 'end', entries }: Props) {
  const [wanted, setWanted] = useState(false)
  const waiting = cloneElement(trigger, {
    'aria-haspopup': 'menu',
    'aria-expanded': false,
    onPointerEnter: () => void load(),
    onFocus: () => void load(),
    onClick: () => setWanted(true),
  })

  if (!wanted) return waiting
  return (
    <Suspense fallback={waiting}>
      <OpenMenu trigger={trigger} align={align} entries={entries} />
    </Suspense>
  )
}
