// The mark: a dot lifted off a bar. Decorative; the word beside it names the product.

/** `size` in CSS pixels at the default font size. */
export function AppMark({ size = 20 }: { size?: number | undefined }) {
  const side = `${size / 16}rem`
  return (
    <svg className="app-mark" width={side} height={side} viewBox="0 0 20 20" fill="none" aria-hidden="true">
      <path className="bar" d="M2 16h16" strokeWidth="2.6" />
      <circle className="dot" cx="13" cy="7.6" r="4.4" />
    </svg>
  )
}
