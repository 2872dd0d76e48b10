// Shows what needs a passkey where the browser knows passkeys, and says when one was not used.
(function () {
  "use strict";
  const problem = document.getElementById("passkey-problem");
  document.addEventListener("allauth.error", function (event) {
    event.preventDefault();
    if (problem) problem.hidden = false;
  });
  if (!window.PublicKeyCredential) return;
  const form = document.getElementById("passkey-form");
  if (form) form.hidden = false;
})();
