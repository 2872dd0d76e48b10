// A form marked with data-submit-on-change is sent as soon as a choice in it changes.
document.addEventListener("change", (event) => {
  if (event.target.matches("form[data-submit-on-change] select")) {
    event.target.form.requestSubmit();
  }
});
