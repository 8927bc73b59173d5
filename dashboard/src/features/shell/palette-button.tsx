import { Search } from 'lucide-react'
import { t } from '#lib/words.ts'
import { Button } from '#ui/button.tsx'

export function PaletteButton({
  onClick,
  small = false,
}: {
  onClick: () => void
  small?: boolean
}) {
  if (small) {
    return (
      <Button
        variant="quiet"
        square
        aria-label={t('Search and commands')}
        onClick={onClick}
        icon={<Search size={18} aria-hidden />}
      />
    )
  }
  return (
    <button
      type="button"
      onClick={onClick}
      className="flex h-9 w-full items-center gap-2 rounded-md border border-line bg-surface px-2.5 text-muted hover:border-line-strong"
    >
      <Search size={15} aria-hidden />
      <span>{t('Go to …')}</span>
      <kbd className="ml-auto rounded-sm border border-line bg-sunken px-1.5 font-mono text-xs text-faint">
        Ctrl K
      </kbd>
    </button>
  )
}
