// Minutes as people say them.

export const minutesWords = (minutes: number): string => {
  const [count, word] =
    minutes % 1440 === 0 ? [minutes / 1440, 'day'] : minutes % 60 === 0 ? [minutes / 60, 'hour'] : [minutes, 'minute']
  return count === 1 ? `1 ${word}` : `${count} ${word}s`
}
