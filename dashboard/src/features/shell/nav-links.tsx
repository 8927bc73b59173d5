import { Link, useLocation } from '@tanstack/react-router'
import { Menu as MenuIcon } from 'lucide-react'
import { useState } from 'react'
import { AT_THE_FOOT, NAV, type NavItem } from '#features/shell/nav.ts'
import { useMe } from '#features/session/queries.ts'
import { cx } from '#lib/cx.ts'
import { t } from '#lib/words.ts'
import { Dialog } from '#ui/dialog.tsx'

/** What the person may see; groups that would be empty are not there. */
function useNav() {
  const { permissions } = useMe()
  return NAV.map(({ label, items }) => ({
    label,
    items: items.filter(({ permission }) => permissions.includes(permission)),
  })).filter(({ items }) => items.length > 0)
}

/** The side bar: groups one under the other, scrolling by themselves on a low screen. */
export const SideNav = () => (
  <nav aria-label={t('Main')} className="-mx-1 min-h-0 flex-1 overflow-y-auto px-1 pb-1">
    <Groups />
  </nav>
)

function Groups({ onGo }: { onGo?: () => void }) {
  return useNav().map(({ label, items }, at) => (
    <div key={label ?? ''} className={cx(at > 0 && 'mt-4')}>
      {label !== undefined && <p className="mb-1 px-2.5 text-xs font-medium text-faint">{label}</p>}
      <div className="flex flex-col gap-0.5">
        {items.map((item) => (
          <NavLink key={item.to} item={item} {...(onGo && { onGo })} />
        ))}
      </div>
    </div>
  ))
}

const NavLink = ({ item, onGo }: { item: NavItem; onGo?: () => void }) => {
  const { to, label, icon: Icon, exact = false } = item
  return (
    <Link
      to={to}
      activeOptions={{ exact }}
      {...(onGo && { onClick: onGo })}
      className="flex items-center gap-2.5 rounded-md px-2.5 py-1.5 font-medium transition-colors"
      activeProps={{ className: 'bg-hover text-ink [&>svg]:text-accent' }}
      inactiveProps={{ className: 'text-muted hover:bg-hover hover:text-ink' }}
    >
      <Icon size={17} aria-hidden />
      {label}
    </Link>
  )
}

const AT_FOOT = 'flex min-w-0 flex-1 flex-col items-center gap-0.5 py-2 text-xs font-medium'

/** At the foot of a phone: the pages one goes to most, and a sheet with all of them. */
export function FootNav() {
  const [open, setOpen] = useState(false)
  const all = useNav().flatMap(({ items }) => items)
  const shown = all.filter(({ to }) => AT_THE_FOOT.includes(to))
  const pathname = useLocation({ select: (location) => location.pathname })
  const isElsewhere = !shown.some(({ to }) =>
    to === '/' ? pathname === '/' : pathname.startsWith(to),
  )
  return (
    <>
      <nav
        aria-label={t('Main')}
        className="fixed inset-x-0 bottom-0 z-30 flex border-t border-line bg-canvas/90 pb-[env(safe-area-inset-bottom)] backdrop-blur lg:hidden"
      >
        {shown.map(({ to, label, icon: Icon, exact = false }) => (
          <Link
            key={to}
            to={to}
            activeOptions={{ exact }}
            className={AT_FOOT}
            activeProps={{ className: 'text-accent' }}
            inactiveProps={{ className: 'text-muted hover:text-ink' }}
          >
            <Icon size={20} aria-hidden />
            {label}
          </Link>
        ))}
        <button
          type="button"
          aria-haspopup="dialog"
          onClick={() => setOpen(true)}
          className={cx(AT_FOOT, isElsewhere ? 'text-accent' : 'text-muted hover:text-ink')}
        >
          <MenuIcon size={20} aria-hidden />
          {t('More')}
        </button>
      </nav>
      <Dialog open={open} onClose={() => setOpen(false)} title={t('All pages')}>
        <nav aria-label={t('All pages')} className="-mx-2.5">
          <Groups onGo={() => setOpen(false)} />
        </nav>
      </Dialog>
    </>
  )
}
