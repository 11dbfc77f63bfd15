/** Made by `scripts/player.mjs` from `player/`. */
declare module 'virtual:graft-player' {
  /** One classic script; it reads the facts and the model from the page that it is in. Safe between `<script>` tags. */
  export const PLAYER_SCRIPT: string;
}
