// Pair.
export default function PairScreen() {
  return null
}
