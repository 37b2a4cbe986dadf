// The icon set: one 20×20 grid, stroke 1.6, round caps, currentColor. Knows no meaning beyond the picture's name.
// Circles report, squares ask: state marks are rings, what needs a person is drawn on a tile (state-glyph.tsx).
import type { ReactNode } from 'react'

const line = (d: string) => <path d={d} />

const drawings = {
  back: line('M12.5 4.5 7 10l5.5 5.5'),
  'chevron-right': line('m8 5 5 5-5 5'),
  'chevron-down': line('m5 8 5 5 5-5'),
  'chevron-up': line('m5 12 5-5 5 5'),
  'chevron-up-down': line('m6.5 7.5 3.5-3.5 3.5 3.5M6.5 12.5l3.5 3.5 3.5-3.5'),
  search: line('M14.5 9a5.5 5.5 0 1 1-11 0 5.5 5.5 0 0 1 11 0ZM13 13l4 4'),
  more: (
    <>
      <circle className="solid" cx="4" cy="10" r="1.5" />
      <circle className="solid" cx="10" cy="10" r="1.5" />
      <circle className="solid" cx="16" cy="10" r="1.5" />
    </>
  ),
  plus: line('M10 3.5v13M3.5 10h13'),
  send: line('M10 16.5v-13M4.5 9 10 3.5 15.5 9'),
  tick: line('m3.5 10.5 4.3 4.3 8.7-9.3'),
  cross: line('m4.5 4.5 11 11M15.5 4.5l-11 11'),
  stop: <rect className="solid" x="4.5" y="4.5" width="11" height="11" rx="2" />,
  working: (
    <>
      <circle className="track" cx="10" cy="10" r="7" />
      <path className="arc" d="M10 3a7 7 0 0 1 7 7" />
    </>
  ),
  idle: <circle cx="10" cy="10" r="6" />,
  offline: line('M15.2 7A6 6 0 0 1 7 15.2M4.8 13A6 6 0 0 1 13 4.8M16.5 3.5l-13 13'),
  terminal: line(
    'M5 3.5h10A2.5 2.5 0 0 1 17.5 6v8a2.5 2.5 0 0 1-2.5 2.5H5A2.5 2.5 0 0 1 2.5 14V6A2.5 2.5 0 0 1 5 3.5ZM6 8l2.3 2.2L6 12.4M10.8 12.8h3.4',
  ),
  question: (
    <>
      <path d="M6.8 7.2a3.2 3.2 0 1 1 5 2.7c-1.2.8-1.8 1.3-1.8 2.6" />
      <circle className="solid" cx="10" cy="15.6" r="1.1" />
    </>
  ),
  'question-ring': (
    <>
      <circle cx="10" cy="10" r="7.5" />
      <path d="M8 8.1a2 2 0 1 1 3.1 1.7c-.8.5-1.1.9-1.1 1.7" />
      <circle className="solid" cx="10" cy="13.7" r="0.95" />
    </>
  ),
  list: (
    <>
      <path d="M9 5.5h8M9 10h8M9 14.8h8M2.8 5.2l1.2 1.2 2-2.2M2.8 9.7 4 10.9l2-2.2" />
      <circle className="solid" cx="4.4" cy="14.8" r="1.3" />
    </>
  ),
  file: line(
    'M5.5 2.5h6l4 4v9.2a1.8 1.8 0 0 1-1.8 1.8H5.5a1.8 1.8 0 0 1-1.8-1.8V4.3a1.8 1.8 0 0 1 1.8-1.8ZM11.2 2.8v4h4',
  ),
  pencil: line('m3.5 16.5.9-3.8 8.7-8.7a1.7 1.7 0 0 1 2.4 0l.5.5a1.7 1.7 0 0 1 0 2.4l-8.7 8.7-3.8.9ZM11.6 5.5l2.9 2.9'),
  read: line('M2 10s2.8-5 8-5 8 5 8 5-2.8 5-8 5-8-5-8-5ZM12.3 10a2.3 2.3 0 1 1-4.6 0 2.3 2.3 0 0 1 4.6 0Z'),
  fetch: line(
    'M17.5 10a7.5 7.5 0 1 1-15 0 7.5 7.5 0 0 1 15 0ZM2.8 10h14.4M10 2.5c4.3 4.4 4.3 10.6 0 15-4.3-4.4-4.3-10.6 0-15Z',
  ),
  trash: line(
    'M3.5 5.5h13M8 5.3V3.5h4v1.8M5 5.5l.8 10a1.6 1.6 0 0 0 1.6 1.5h5.2a1.6 1.6 0 0 0 1.6-1.5l.8-10M8.4 9v4.5M11.6 9v4.5',
  ),
  move: line('M3.5 6.5h11M11 3l3.5 3.5L11 10M16.5 13.5h-11M9 10l-3.5 3.5L9 17'),
  think: line('M3 5h14M3 10h9M3 15h6'),
  phone: line(
    'M7 2.5h6A1.5 1.5 0 0 1 14.5 4v12a1.5 1.5 0 0 1-1.5 1.5H7A1.5 1.5 0 0 1 5.5 16V4A1.5 1.5 0 0 1 7 2.5ZM9 14.8h2',
  ),
  monitor: line('M4.5 3.5h11a2 2 0 0 1 2 2v6a2 2 0 0 1-2 2h-11a2 2 0 0 1-2-2v-6a2 2 0 0 1 2-2ZM7 17h6'),
  branch: line(
    'M7.3 4.6a1.8 1.8 0 1 1-3.6 0 1.8 1.8 0 0 1 3.6 0ZM7.3 15.4a1.8 1.8 0 1 1-3.6 0 1.8 1.8 0 0 1 3.6 0ZM16.3 6.6a1.8 1.8 0 1 1-3.6 0 1.8 1.8 0 0 1 3.6 0ZM5.5 6.4v7.2M14.5 8.4c0 3.6-6.5 2.2-8.6 4.4',
  ),
  key: line('M10.3 13.2a3.4 3.4 0 1 1-6.8 0 3.4 3.4 0 0 1 6.8 0ZM9.4 10.8l7.1-7.3M14 6l2.5 2.5M11.8 8.3l1.6 1.6'),
  lock: line(
    'M6 8.5h8a1.7 1.7 0 0 1 1.7 1.7v5a1.7 1.7 0 0 1-1.7 1.8H6a1.7 1.7 0 0 1-1.7-1.8v-5A1.7 1.7 0 0 1 6 8.5ZM6.8 8.3V6a3.2 3.2 0 0 1 6.4 0v2.3',
  ),
  comment: line('M3 4h14v10H9l-3 2.8V14H3V4Z'),
  bell: line(
    'M5 13.5c.9-1 1-2.3 1-4.4a4 4 0 0 1 8 0c0 2.1.1 3.4 1 4.4.5.5.3 1-.3 1H5.3c-.6 0-.8-.5-.3-1ZM8.3 16.8a2.2 2.2 0 0 0 3.4 0',
  ),
  inbox: line(
    'M2.8 11.3 5 4.6a1.5 1.5 0 0 1 1.4-1.1h7.2A1.5 1.5 0 0 1 15 4.6l2.2 6.7v3.7a1.5 1.5 0 0 1-1.5 1.5H4.3A1.5 1.5 0 0 1 2.8 15v-3.7ZM3 11.5h3.8l1.2 2h4l1.2-2H17',
  ),
  sliders: line(
    'M2.5 6.3h7.3M14.2 6.3h3.3M2.5 13.7h3.3M10.2 13.7h7.3M14.2 6.3a2.2 2.2 0 1 1-4.4 0 2.2 2.2 0 0 1 4.4 0ZM10.2 13.7a2.2 2.2 0 1 1-4.4 0 2.2 2.2 0 0 1 4.4 0Z',
  ),
  sessions: line('M2.5 5h15M2.5 10h15M2.5 15h8.5'),
  clock: line('M17.5 10a7.5 7.5 0 1 1-15 0 7.5 7.5 0 0 1 15 0ZM10 5.8V10l2.8 2'),
  hand: line(
    'M6.5 10.5V5.3a1.3 1.3 0 0 1 2.6 0V9M9.1 9V3.8a1.3 1.3 0 0 1 2.6 0V9M11.7 9V4.8a1.3 1.3 0 0 1 2.6 0V12c0 3.2-1.8 5.5-4.7 5.5-2.3 0-3.6-1-4.7-3L3.4 11.6a1.3 1.3 0 0 1 2.2-1.3l.9 1.3',
  ),
  'arrow-right': line('M3.5 10h13M11 4.5l5.5 5.5-5.5 5.5'),
  'wifi-off': (
    <>
      <path d="m3 3 14 14M2 8.3a12 12 0 0 1 3.6-2.3M9 5a12 12 0 0 1 9 3.3M5 11.7a7.5 7.5 0 0 1 3.2-1.9M12.5 10.2c.9.4 1.7.9 2.5 1.5" />
      <circle className="solid" cx="10" cy="15.5" r="1.3" />
    </>
  ),
  copy: line(
    'M8.5 6.5h7A1.5 1.5 0 0 1 17 8v8a1.5 1.5 0 0 1-1.5 1.5h-7A1.5 1.5 0 0 1 7 16V8a1.5 1.5 0 0 1 1.5-1.5ZM4.5 13.5A1.5 1.5 0 0 1 3 12V4a1.5 1.5 0 0 1 1.5-1.5h7A1.5 1.5 0 0 1 13 4',
  ),
  archive: line('M2.5 4h15v3.5h-15V4ZM4 7.5v7A1.5 1.5 0 0 0 5.5 16h9a1.5 1.5 0 0 0 1.5-1.5v-7M8 10.8h4'),
  qr: line(
    'M3 3h5.5v5.5H3V3ZM11.5 3H17v5.5h-5.5V3ZM3 11.5h5.5V17H3v-5.5ZM11.5 11.5h2v2h-2M17 11.5v2.5M14.5 17H17M11.5 16v1',
  ),
  building: line('M2.5 17h15M4.5 17V3.5h7V17M11.5 8h4v9M7 7h2M7 10h2M7 13h2'),
  people: line(
    'M10.3 6.7a2.9 2.9 0 1 1-5.8 0 2.9 2.9 0 0 1 5.8 0ZM2.5 16.5c0-2.7 2-4.5 4.9-4.5s4.9 1.8 4.9 4.5M12.5 3.9a2.9 2.9 0 0 1 0 5.6M14.5 12.5c1.9.6 3 2.1 3 4',
  ),
  paperclip: line(
    'm16 9.5-6.2 6.2a3.7 3.7 0 0 1-5.2-5.2L11 4.1a2.5 2.5 0 0 1 3.5 3.5l-6.2 6.2a1.2 1.2 0 0 1-1.7-1.7L12 6.7',
  ),
  image: line(
    'M4 3.5h12A1.5 1.5 0 0 1 17.5 5v10a1.5 1.5 0 0 1-1.5 1.5H4A1.5 1.5 0 0 1 2.5 15V5A1.5 1.5 0 0 1 4 3.5ZM3 14.5l4-4 3.5 3.5 2.5-2.5 4 4M13.5 7.5a.8.8 0 1 1-1.6 0 .8.8 0 0 1 1.6 0Z',
  ),
  folder: line(
    'M2.5 5.5A1.5 1.5 0 0 1 4 4h3.5l2 2H16a1.5 1.5 0 0 1 1.5 1.5V14a1.5 1.5 0 0 1-1.5 1.5H4A1.5 1.5 0 0 1 2.5 14V5.5Z',
  ),
  retry: line('M16.5 10a6.5 6.5 0 1 1-2-4.7M16.5 2.8v3.4h-3.4'),
  download: line('M10 3v9.5M5.5 8.5 10 13l4.5-4.5M3.5 16.5h13'),
  info: (
    <>
      <circle cx="10" cy="10" r="7.5" />
      <path d="M10 9.3v4.2" />
      <circle className="solid" cx="10" cy="6.5" r="1" />
    </>
  ),
  spark: line('M10 2.5v4M10 13.5v4M2.5 10h4M13.5 10h4M5 5l2.3 2.3M12.7 12.7 15 15M15 5l-2.3 2.3M7.3 12.7 5 15'),
} satisfies Record<string, ReactNode>

export type IconName = keyof typeof drawings

/** One picture. Decorative unless `label` is given; `size` in CSS pixels at the default font size (scales with it). */
export function Icon({
  name,
  size = 20,
  label,
}: {
  name: IconName
  size?: 16 | 18 | 20 | 24 | undefined
  label?: string | undefined
}) {
  const side = `${size / 16}rem`
  const className = `icon icon-${name}${size === 16 ? ' icon-16' : ''}`
  return label ? (
    <svg className={className} width={side} height={side} viewBox="0 0 20 20" role="img" aria-label={label}>
      {drawings[name]}
    </svg>
  ) : (
    <svg className={className} width={side} height={side} viewBox="0 0 20 20" aria-hidden="true">
      {drawings[name]}
    </svg>
  )
}

/** Every name, for the gallery. */
export const iconNames = Object.keys(drawings) as IconName[]
